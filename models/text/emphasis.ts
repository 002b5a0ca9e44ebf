/** What the weights of tokens do to a context. */
import { LoomError, type Tensor, type TensorOps } from '@/engine/types';

/**
 * The context [B, S, width] with each token's embedding weighted.
 *
 * Without `neutral`: times its weight, then each sequence brought back to its mean (AUTOMATIC1111's web UI,
 * `sd_hijack_clip.py`). With `neutral` [1, S, width], the empty prompt's context: from there by its weight to
 * where it is, `z∅ + w·(z − z∅)` (ComfyUI, compel). Reads back.
 */
export async function applyWeights(
  ops: TensorOps,
  context: Tensor,
  weights: readonly (readonly number[])[],
  neutral?: Tensor,
): Promise<Tensor> {
  const [batch = 0, length = 0, width = 0] = context.dims;
  const values = await floats(context);
  const base = neutral && (await floats(neutral));
  const out = new Float32Array(values.length);
  for (let b = 0; b < batch; b += 1) {
    const from = b * length * width;
    let before = 0;
    let after = 0;
    for (let s = 0; s < length; s += 1) {
      const weight = weights[b]?.[s] ?? 1;
      for (let c = 0; c < width; c += 1) {
        const i = from + s * width + c;
        const value = values[i] ?? 0;
        const start = base?.[s * width + c] ?? 0;
        out[i] = start + weight * (value - start);
        before += value;
        after += out[i] ?? 0;
      }
    }
    if (base !== undefined || after === 0) continue;
    for (let i = from; i < from + length * width; i += 1) out[i] = (out[i] ?? 0) * (before / after);
  }
  return ops.from(out, context.dims);
}

async function floats(tensor: Tensor): Promise<Float32Array> {
  const values = await tensor.read();
  if (values instanceof Float32Array) return values;
  throw new LoomError('bad-output', 'A text encoder gives float32.');
}
