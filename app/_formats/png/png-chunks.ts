/** PNG as a list of chunks (PNG third edition, §5), read as if every length lied. */
import { LoomError, type ErrorPlace } from '@/engine/types';
import { crc32 } from '../crc32';

const signature = [137, 80, 78, 71, 13, 10, 26, 10];
/** libpng writes IDATs of 8 KiB: this many chunks are a picture of half a gigabyte, or an attack. */
const mostChunks = 65_536;

export interface PngChunk {
  /** Four ASCII letters. */
  readonly type: string;
  /** A view into the file. */
  readonly data: Uint8Array;
  /** Computed when asked: only chunks that are used are checked. */
  readonly intact: () => boolean;
}

/** Whether the bytes begin as a PNG. */
export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, index) => bytes[index] === byte);

/**
 * The chunks in order, up to and including IEND. Nothing is copied, so a lying
 * length costs nothing.
 * @throws LoomError while iterating: `bad-input` (not a PNG), `file-truncated`, `file-damaged`, `too-large` (more than 65,536 chunks)
 */
export function* pngChunks(bytes: Uint8Array, place: ErrorPlace = {}): Generator<PngChunk> {
  if (!isPng(bytes)) throw new LoomError('bad-input', 'This is not a PNG file.', place);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = signature.length;
  for (let count = 0; ; count++) {
    if (count > mostChunks)
      throw new LoomError('too-large', `The PNG has more than ${mostChunks} chunks.`, place, {
        details: { limit: mostChunks },
      });
    if (at + 12 > bytes.length)
      throw new LoomError('file-truncated', 'The PNG ends before its last chunk.', place);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (length > 0x7fffffff || !/^[A-Za-z]{4}$/.test(type))
      throw new LoomError('file-damaged', `The PNG has a damaged chunk at byte ${at}.`, place);
    if (count === 0 && (type !== 'IHDR' || length !== 13))
      throw new LoomError('file-damaged', 'The PNG has no header.', place);
    const end = at + 8 + length;
    if (end + 4 > bytes.length)
      throw new LoomError(
        'file-truncated',
        `The PNG's chunk ${type} claims ${length} bytes, more than the file has.`,
        place,
      );
    const body = bytes.subarray(at + 4, end);
    const sum = view.getUint32(end);
    yield { type, data: bytes.subarray(at + 8, end), intact: () => crc32(body) === sum };
    if (type === 'IEND') return;
    at = end + 4;
  }
}

/** A PNG of these chunks; checksums are made anew. */
export function writePng(
  chunks: Iterable<{ readonly type: string; readonly data: Uint8Array }>,
): Uint8Array<ArrayBuffer> {
  const list = [...chunks];
  const size = list.reduce((sum, chunk) => sum + 12 + chunk.data.length, signature.length);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set(signature);
  let at = signature.length;
  for (const { type, data } of list) {
    view.setUint32(at, data.length);
    for (let index = 0; index < 4; index++) file[at + 4 + index] = type.charCodeAt(index);
    file.set(data, at + 8);
    const end = at + 8 + data.length;
    view.setUint32(end, crc32(file.subarray(at + 4, end)));
    at = end + 4;
  }
  return file;
}
