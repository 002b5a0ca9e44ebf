/**
 * Pictures as pixels: one decoder (libvips as WebAssembly) and one contract for the page and the command line, so
 * that both see the same pixels. 8-bit sRGB with straight alpha: a colour under alpha 0 stays. Colour profiles are
 * followed, CMYK without one is read as libvips' own CMYK; PNG's gAMA alone is no profile. Upright by Exif. Of an
 * animation, the first frame.
 */
import { decode as decodeBmp } from 'fast-bmp';
import type Vips from 'wasm-vips';
import { LoomError } from '@/engine/types';
import { checkPicture, pictureNames, type PictureFormat } from '@/nodes/_shared/picture-formats';
import { checkSize, type Picture } from '@/nodes/_shared/pixels';
import { drawnPng } from './drawn-png';

export type VipsModule = typeof Vips;

/** A picture whose pixels can be handed to another thread. */
export interface DecodedPicture extends Picture {
  readonly rgba: Uint8Array<ArrayBuffer>;
}

/** Opens libvips; with `avif`, the module that reads AVIF too (it is as large as the rest). */
export type OpenVips = (needs: { readonly avif: boolean }) => Promise<VipsModule>;

/**
 * Decodes a picture's file.
 * @returns width × height × 4 bytes, rows from the top, RGBA
 * @throws LoomError `unsupported` or `bad-input` for what is no picture of ours, `too-large` by its header alone,
 *   before pixels are unpacked
 */
export async function decodePicture(bytes: Uint8Array, open: OpenVips): Promise<DecodedPicture> {
  const format = checkPicture(bytes);
  if (format === 'bmp') return bmp(bytes);
  const vips = await open({ avif: format === 'avif' });
  return withImages((keep) => {
    // The header only: pixels are unpacked when they are asked for.
    const image = keep(readable(() => vips.Image.newFromBuffer(source(format, bytes), '', strict)));
    checkSize(image.width, image.height, 'source');
    return readable(() => {
      const upright = keep(image.autorot());
      const colour = keep(srgb(upright));
      const byte = colour.format === 'uchar' ? colour : keep(colour.cast('uchar'));
      const rgba = byte.hasAlpha() ? byte : keep(byte.addalpha());
      if (rgba.bands !== 4) throw new Error(`${rgba.bands} bands`);
      const pixels = rgba.writeToMemory();
      return { width: rgba.width, height: rgba.height, rgba: new Uint8Array(pixels) };
    });
  });
}

/** What is cut short is refused, as a picture that is half grey helps nobody. */
const strict = { fail_on: 'truncated' } as const;

/** A picture in the wide sense of its own profile → sRGB; one whose profile is broken is taken for what it says to be. */
function srgb(image: Vips.Image): Vips.Image {
  if (image.getTypeof('icc-profile-data') === 0) return image.colourspace('srgb');
  try {
    return image.iccTransform('srgb', { embedded: true, depth: 8 });
  } catch {
    return image.colourspace('srgb');
  }
}

/** PNGs without what draws nothing: texts that unpack to gigabytes, thousands of Exif blocks. */
const source = (format: PictureFormat, bytes: Uint8Array): Uint8Array =>
  format === 'png' ? drawnPng(bytes) : bytes;

/** libvips' refusals in words of ours. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof LoomError) throw cause;
    throw new LoomError(
      'bad-input',
      `The picture is damaged or of a kind that cannot be read (${pictureNames}).`,
      {},
      { cause },
    );
  }
}

/** Frees every image that was kept: what libvips holds is no garbage that JavaScript collects. */
function withImages<T>(use: (keep: (image: Vips.Image) => Vips.Image) => T): T {
  const kept: Vips.Image[] = [];
  try {
    return use((image) => {
      kept.push(image);
      return image;
    });
  } finally {
    for (const image of kept.toReversed()) image.delete();
  }
}

/** Windows bitmaps of 24 and 32 bits, which libvips' browser build leaves out. */
function bmp(bytes: Uint8Array): DecodedPicture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 54) throw new LoomError('bad-input', 'The BMP ends before its pixels.');
  const [width, height, bits] = [view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)];
  checkSize(Math.abs(width), Math.abs(height), 'source');
  if ((bits !== 24 && bits !== 32) || width < 0 || height < 0)
    throw new LoomError(
      'unsupported',
      `BMPs of 24 or 32 bits are read here, from the bottom up; this one has ${bits} bits${height < 0 ? ' from the top' : ''}.`,
      {},
      { fix: 'Save it as PNG.' },
    );
  return readable(() => {
    const { data, channels } = decodeBmp(bytes);
    if (!(data instanceof Uint8Array)) throw new TypeError('expected bytes');
    const rgba = new Uint8Array(width * height * 4);
    for (let pixel = 0; pixel < width * height; pixel++)
      for (let c = 0; c < 4; c++)
        rgba[pixel * 4 + c] = c < channels ? (data[pixel * channels + c] ?? 0) : 255;
    return { width, height, rgba };
  });
}
