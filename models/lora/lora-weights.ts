/**
 * A model's weights with LoRAs added as they are read: W' = W + Σ strength · (alpha / rank) · B·A (arXiv 2106.09685).
 * A run costs nothing more, and weights that no LoRA touches stay where they lie, in the person's file.
 */
import { LoomError, toHalf, type WeightEntry, type WeightStore } from '@/engine/types';
import { Slices } from '../onnx/slices';
import { floatsOf } from '../weights/floats';
import type { LoraPart } from './module-names';
import type { Lora, LoraModule } from './read-lora';

export interface AppliedLora {
  readonly lora: Lora;
  /** 0 leaves the weights as they are, bit for bit; negative strengths take away. */
  readonly strength: number;
}

interface Delta {
  readonly module: LoraModule;
  readonly strength: number;
  readonly slices: Slices;
}

/**
 * `part` is the network whose weights `store` holds. Changed weights are given as `dtype`: what the network is
 * computed in. Where nothing is to be added the store itself is given back.
 */
export function withLoras(
  store: WeightStore,
  part: LoraPart,
  applied: readonly AppliedLora[],
  dtype: 'float32' | 'float16',
): WeightStore {
  const deltas = new Map<string, Delta[]>();
  for (const { lora, strength } of applied) {
    if (!Number.isFinite(strength))
      throw new LoomError('invalid-param', `The strength of ${lora.name} is no number.`);
    if (strength === 0) continue;
    const slices = new Slices(lora.file, lora.name);
    for (const module of lora.modules)
      if (module.part === part)
        deltas.set(module.weight, [...(deltas.get(module.weight) ?? []), { module, strength, slices }]);
  }
  if (deltas.size === 0) return store;
  const entries = new Map(
    [...store.entries].map(([name, entry]): [string, WeightEntry] => [
      name,
      deltas.has(name) ? computed(entry, dtype) : entry,
    ]),
  );
  return {
    entries,
    files: store.files,
    async read(name, signal) {
      const bytes = await store.read(name, signal);
      const own = deltas.get(name);
      const entry = store.entries.get(name);
      if (own === undefined || entry === undefined) return bytes;
      const values = floatsOf(entry.dtype, bytes);
      if (values === undefined)
        throw new LoomError('unsupported', `A LoRA cannot be added to "${name}", which is stored in 8 bits.`);
      for (const delta of own) {
        signal?.throwIfAborted();
        await add(values, entry.shape[0] ?? 1, delta);
      }
      const out = dtype === 'float32' ? values : toHalf(values);
      return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
    },
  };
}

const BYTES = { float32: 4, float16: 2 } as const;

function computed(entry: WeightEntry, dtype: 'float32' | 'float16'): WeightEntry {
  const { name, shape } = entry;
  const bytes = shape.reduce((a, b) => a * b, 1) * BYTES[dtype];
  return { name, dtype, shape, file: entry.file, offset: 0, bytes, computed: true };
}

/** weight[o] += Σ_r scale · up[o, r] · down[r], row by row: every inner loop runs over neighbours. */
async function add(weight: Float32Array, rows: number, { module, strength, slices }: Delta): Promise<void> {
  const matrix = async ({ name, dtype, offset, bytes }: WeightEntry): Promise<Float32Array> => {
    const values = floatsOf(dtype, await slices.bytes(offset, bytes));
    if (values === undefined) throw new LoomError('package-invalid', `"${name}" is of no float type.`);
    return values;
  };
  const [down, up] = [await matrix(module.down), await matrix(module.up)];
  const { rank } = module;
  const scale = strength * module.scale;
  const width = weight.length / rows;
  for (let o = 0; o < rows; o += 1) {
    const row = weight.subarray(o * width, (o + 1) * width);
    for (let r = 0; r < rank; r += 1) {
      const factor = scale * (up[o * rank + r] ?? 0);
      const from = down.subarray(r * width, (r + 1) * width);
      for (let i = 0; i < width; i += 1) row[i] = (row[i] ?? 0) + factor * (from[i] ?? 0);
    }
  }
}
