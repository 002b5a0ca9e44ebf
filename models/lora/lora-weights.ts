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
  const { rank } = module;
  const width = weight.length / rows;
  const [given, up] = [await matrix(module.down), await matrix(module.up)];
  // Rows of zeros up to a multiple of four: nothing is read past the end.
  const down = rank % 4 === 0 ? given : new Float32Array(Math.ceil(rank / 4) * 4 * width);
  if (down !== given) down.set(given);
  const scale = strength * module.scale;
  const factor = (o: number, r: number): number => (r < rank ? scale * (up[o * rank + r] ?? 0) : 0);
  for (let o = 0; o < rows; o += 1)
    for (let r = 0; r < rank; r += 4) {
      // Four at a time take half the time of one (measured): each sum is read and written once.
      const [f0, f1, f2, f3] = [factor(o, r), factor(o, r + 1), factor(o, r + 2), factor(o, r + 3)];
      addFour(weight, o * width, down, r * width, width, f0, f1, f2, f3);
    }
}

/** weight[at…] += f0·down[from…] + f1·down[from + width…] + … */
function addFour(
  weight: Float32Array,
  at: number,
  down: Float32Array,
  from: number,
  width: number,
  f0: number,
  f1: number,
  f2: number,
  f3: number,
): void {
  for (let i = 0; i < width; i += 1) {
    const d = from + i;
    weight[at + i] =
      (weight[at + i] ?? 0) +
      f0 * (down[d] ?? 0) +
      f1 * (down[d + width] ?? 0) +
      f2 * (down[d + 2 * width] ?? 0) +
      f3 * (down[d + 3 * width] ?? 0);
  }
}
