/** Pictures in and out of bytes on Node, through sharp (libvips). */
import sharp from 'sharp';
import { LoomError, type ImageCodec } from '@/engine/types';

/** PNG, JPEG or WebP → RGBA, EXIF orientation applied. */
export const codec: ImageCodec = {
  async decode(bytes) {
    try {
      const image = sharp(bytes, { limitInputPixels: 100_000_000 })
        .rotate()
        .toColourspace('srgb')
        .ensureAlpha();
      const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, rgba: new Uint8Array(data) };
    } catch (cause) {
      throw new LoomError(
        'bad-input',
        'The file is not a picture that can be read (PNG, JPEG or WebP).',
        {},
        { cause },
      );
    }
  },
};
