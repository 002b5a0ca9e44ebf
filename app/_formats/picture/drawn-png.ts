/** A PNG with what draws it, and nothing else: read before a decoder sees the file. */
import { LoomError } from '@/engine/types';
import { pngChunks, writePng, type PngChunk } from '../png/png-chunks';

/** Chunks that change pixels or colours (PNG 3rd ed., §11). */
export const drawnChunks: ReadonlySet<string> = new Set([
  'IHDR',
  'PLTE',
  'tRNS',
  'IDAT',
  'IEND',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'sBIT',
  'cICP',
]);
/** An Exif block of a camera, its preview included, has some 60 kB. */
const mostExif = 1 << 20;

/**
 * The same picture with its first Exif block only, and no texts or animation.
 * @throws LoomError as {@link pngChunks}, and `file-damaged` where a chunk that draws fails its checksum
 */
export function drawnPng(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept: PngChunk[] = [];
  let exif = false;
  for (const chunk of pngChunks(bytes)) {
    const first: boolean = chunk.type === 'eXIf' && !exif && chunk.data.length <= mostExif;
    exif ||= first;
    if (!first && !drawnChunks.has(chunk.type)) continue;
    if (!chunk.intact())
      throw new LoomError('file-damaged', `The PNG's chunk ${chunk.type} fails its checksum.`);
    kept.push(chunk);
  }
  return writePng(kept);
}
