/** Pictures that documents carry, and values as RGBA. */
import { LoomError, type AnyValue, type AssetSource, type Tensor } from '@/engine';

/** Pictures that the document itself carries. */
export const assets: AssetSource = {
  read(reference) {
    return Promise.resolve().then(() => {
      const match = /^data:[^,;]*(;base64)?,/.exec(reference);
      if (match === null)
        throw new LoomError('file-missing', `The picture ${reference.slice(0, 40)} is not in this document.`);
      const body = reference.slice(match[0].length);
      try {
        const text = match[1] === undefined ? decodeURIComponent(body) : atob(body);
        return Uint8Array.from(text, (character) => character.charCodeAt(0));
      } catch (cause) {
        throw new LoomError('bad-input', 'The picture in the document is damaged.', {}, { cause });
      }
    });
  },
};

export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

async function floats(tensor: Tensor): Promise<Float32Array> {
  const data = await tensor.read();
  if (!(data instanceof Float32Array)) throw new LoomError('bad-output', 'A picture must be float32.');
  return data;
}

/** One element of an image [B, 3, H, W] in −1…1. */
function imageElement(data: Float32Array, dims: readonly number[], element: number): Rgba {
  const [, channels = 3, height = 1, width = 1] = dims;
  const plane = height * width;
  const rgba = new Uint8ClampedArray(plane * 4);
  const at = element * channels * plane;
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let c = 0; c < 3; c++)
      // Uint8ClampedArray rounds to nearest and clamps, as the command line does.
      rgba[pixel * 4 + c] = ((data[at + c * plane + pixel] ?? 0) + 1) * 127.5;
    rgba[pixel * 4 + 3] = 255;
  }
  return { width, height, rgba };
}

/** One element of a latent by its space's linear RGB factors: rgb = bias + weightᵀ·z. */
function latentElement(
  data: Float32Array,
  dims: readonly number[],
  element: number,
  rgb: { readonly weight: readonly (readonly number[])[]; readonly bias: readonly number[] },
): Rgba {
  const [, channels = 1, height = 1, width = 1] = dims;
  const plane = height * width;
  const rgba = new Uint8ClampedArray(plane * 4);
  const at = element * channels * plane;
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let c = 0; c < 3; c++) {
      let sum = rgb.bias[c] ?? 0;
      for (let z = 0; z < channels; z++)
        sum += (rgb.weight[z]?.[c] ?? 0) * (data[at + z * plane + pixel] ?? 0);
      rgba[pixel * 4 + c] = sum * 255;
    }
    rgba[pixel * 4 + 3] = 255;
  }
  return { width, height, rgba };
}

/**
 * A value as pictures, one for each batch element; empty for kinds that are
 * none. Retains what it reads, so that a borrowed value may go meanwhile.
 */
export async function pictures(value: AnyValue): Promise<readonly Rgba[]> {
  const tensor = value.kind === 'image' ? value.pixels : value.kind === 'latent' ? value.samples : undefined;
  if (tensor === undefined) return [];
  tensor.retain();
  try {
    const data = await floats(tensor);
    const { dims } = tensor;
    return Array.from({ length: dims[0] ?? 0 }, (_, element) =>
      value.kind === 'latent'
        ? latentElement(data, dims, element, value.space.rgb)
        : imageElement(data, dims, element),
    );
  } finally {
    tensor.release();
  }
}
