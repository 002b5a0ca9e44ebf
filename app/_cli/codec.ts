/** Pictures in and out of bytes on Node: the page's own decoder. */
import type { ImageCodec } from '@/engine/types';
import { decodePicture, type OpenVips, type VipsModule } from '@/app/_formats/picture/decode';
import { decodeIndices } from '@/app/_formats/picture/indices';

const opened = new Map<boolean, Promise<VipsModule>>();
/** libvips, started once; its threads hold no process up. */
export const openVips: OpenVips = ({ avif }) => {
  const found = opened.get(avif) ?? load(avif);
  opened.set(avif, found);
  return found;
};

async function load(avif: boolean): Promise<VipsModule> {
  const { default: start } = await import('wasm-vips');
  const silent = (): undefined => undefined;
  const vips = await start({
    dynamicLibraries: avif ? ['vips-heif.wasm'] : [],
    print: silent,
    // libvips warns of everything odd that it reads past.
    printErr: silent,
  });
  vips.concurrency(1);
  return vips;
}

/** Decodes as the page does. Throws as {@link decodePicture} and {@link decodeIndices}. */
export const codec: ImageCodec = {
  decode: (bytes) => decodePicture(bytes, openVips),
  decodeIndices: async (bytes) => decodeIndices(bytes),
};
