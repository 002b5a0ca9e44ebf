/** Pictures in and out of bytes on Node, through sharp (libvips). */
import sharp from 'sharp';
import { decodeRaster } from '@/app/_formats/png/png-image';
import { LoomError, type ImageCodec } from '@/engine/types';
import { checkSize, maxPixels } from '@/nodes/_shared/pixels';

/** PNG, JPEG or WebP → RGBA, EXIF orientation applied. Throws `too-large` beyond the nodes' limit, `bad-input`. */
export const codec: ImageCodec = {
  async decode(bytes) {
    try {
      // The size stands in the header: what is too large is refused before it is unpacked.
      const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
      checkSize(width, height, 'source');
      const image = sharp(bytes, { limitInputPixels: maxPixels })
        .rotate()
        .toColourspace('srgb')
        .ensureAlpha();
      const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, rgba: new Uint8Array(data) };
    } catch (cause) {
      if (cause instanceof LoomError) throw cause;
      throw new LoomError(
        'bad-input',
        'The file is not a picture that can be read (PNG, JPEG or WebP).',
        {},
        { cause },
      );
    }
  },
  async decodeIndices(bytes) {
    const { width, height, channels, data } = decodeRaster(bytes);
    if (channels !== 1)
      throw new LoomError(
        'bad-input',
        'The picture is not a palette or greyscale PNG, so it holds no label indices.',
      );
    return { width, height, indices: new Uint8Array(data) };
  },
};
