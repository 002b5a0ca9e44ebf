/** Images of the engine as PNG files. Runs without a DOM; the command line uses it too. */
import { encodeRaster } from './png-image';

/**
 * One element of a float32 image [B, 3, H, W] in −1…1 (CHW planes) as an 8-bit
 * RGB PNG: round((x + 1)·127.5), clamped; NaN becomes 0.
 * @throws RangeError when the dims are not [B, 3, H, W] or the data does not fill them
 */
export function encodeImage(
  { dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array },
  element = 0,
): Uint8Array<ArrayBuffer> {
  const [batch = 0, channels = 0, height = 0, width = 0] = dims;
  const plane = height * width;
  if (
    dims.length !== 4 ||
    channels !== 3 ||
    data.length !== batch * 3 * plane ||
    element >= batch ||
    element < 0
  )
    throw new RangeError(`No image ${element} in ${data.length} values of shape [${dims.join(', ')}]`);
  const rgb = new Uint8ClampedArray(plane * 3);
  const from = element * 3 * plane;
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < plane; i++) rgb[i * 3 + c] = ((data[from + c * plane + i] ?? 0) + 1) * 127.5;
  return encodeRaster({ width, height, channels: 3, data: rgb });
}
