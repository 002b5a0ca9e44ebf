/** Between bytes and the tensors of images and masks. */
import { LoomError, type Runtime, type Tensor, type TensorOps } from '@/engine/types';
import { pictureNames } from './picture-formats';

/** The largest picture that is taken in, in pixels: 16 MP are 200 MB as float32 RGB. */
export const maxPixels = 4096 * 4096;

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Reads and decodes the picture a parameter names. Throws `invalid-param` when there is none, `too-large`, or what the codec says. */
export async function readPicture(runtime: Runtime, source: string | null): Promise<Picture> {
  if (source === null) {
    throw new LoomError(
      'invalid-param',
      'No picture is chosen yet.',
      { path: 'source' },
      { fix: `Drop, paste or pick a picture (${pictureNames}).` },
    );
  }
  const picture = await runtime.images.decode(await runtime.assets.read(source));
  checkSize(picture.width, picture.height, 'source');
  return picture;
}

/** Throws `too-large` beyond {@link maxPixels}, `bad-input` for an empty picture. */
export function checkSize(width: number, height: number, path: string): void {
  if (width < 1 || height < 1) throw new LoomError('bad-input', 'The picture is empty.', { path });
  if (width * height > maxPixels) {
    throw new LoomError(
      'too-large',
      `The picture has ${width}×${height} pixels; at most ${maxPixels} in all are taken.`,
      { path },
      {
        fix: 'Make it smaller before loading it.',
        details: { size: width * height, limit: maxPixels, unit: 'pixels' },
      },
    );
  }
}

/** RGBA bytes over a background (0…255 grey, or undefined: colours as they are) → [1, 3, H, W] in −1…1. */
export function imageTensor(ops: TensorOps, picture: Picture, background: number | undefined): Tensor {
  const { width, height, rgba } = picture;
  const plane = width * height;
  const out = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    const alpha = background === undefined ? 1 : (rgba[i * 4 + 3] ?? 255) / 255;
    for (let c = 0; c < 3; c++) {
      const value = (rgba[i * 4 + c] ?? 0) * alpha + (background ?? 0) * (1 - alpha);
      out[c * plane + i] = value / 127.5 - 1;
    }
  }
  return ops.from(out, [1, 3, height, width]);
}

/** One value 0…1 per pixel → mask [1, 1, H, W]. */
export function maskTensor(
  ops: TensorOps,
  size: { readonly width: number; readonly height: number },
  at: (pixel: number) => number,
): Tensor {
  const out = Float32Array.from({ length: size.width * size.height }, (_, pixel) => at(pixel));
  return ops.from(out, [1, 1, size.height, size.width]);
}
