/** Weights in a graph: initializers that point into the person's files, brought to the type and order that an op wants. */
import { LoomError, type WeightDType, type WeightEntry, type WeightRef, type WeightStore } from '../types';
import type { GraphWriter } from './graph-writer';
import type { DataType, Initializer } from './proto';

const STORED: Readonly<Record<WeightDType, { type: DataType; bytes: number }>> = {
  float32: { type: 'float32', bytes: 4 },
  float16: { type: 'float16', bytes: 2 },
  bfloat16: { type: 'bfloat16', bytes: 2 },
  'int8-channels': { type: 'int8', bytes: 1 },
};

/** Where the bytes of an entry will lie. `undefined` until {@link WeightWriter.places} is filled. */
export type Places = ReadonlyMap<string, Exclude<Initializer['data'], Uint8Array>>;

export class WeightWriter {
  readonly #made = new Map<string, string>();

  constructor(
    private readonly graph: GraphWriter,
    private readonly store: WeightStore,
    private readonly places: Places,
  ) {}

  /** The weight in the type that is computed in. `turned`: with its last two axes the other way round. */
  value(ref: WeightRef, turned = false): string {
    const key = JSON.stringify([ref, turned]);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const entry = entryOf(this.store, ref);
    // Stored the other way round from what is wanted: turned once, by a node that is folded when the session is made.
    let x = this.#float(entry, ref);
    if ((ref.transposed ?? false) !== turned) {
      const axes = ref.shape.map((_, axis) => axis);
      const [a = 0, b = 1] = axes.slice(-2);
      x = this.graph.node('Transpose', [x], { perm: [...axes.slice(0, -2), b, a] });
    }
    this.#made.set(key, x);
    return x;
  }

  /** As it is stored but for its type. */
  #float(entry: WeightEntry, ref: WeightRef): string {
    const dims = ref.transposed === true ? swapped(ref.shape) : ref.shape;
    const key = JSON.stringify([entry.name, ref.rows, dims]);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const x = this.#make(entry, ref, dims);
    this.#made.set(key, x);
    return x;
  }

  #make(entry: WeightEntry, { rows }: WeightRef, dims: readonly number[]): string {
    const { graph } = this;
    const { type } = STORED[entry.dtype];
    const place = this.places.get(entry.name);
    if (place === undefined) throw new Error(`unreachable: "${entry.name}" has no place`);
    const row = entry.bytes / (entry.shape[0] ?? 1);
    const data =
      rows === undefined
        ? place
        : { ...place, offset: place.offset + rows.start * row, bytes: rows.count * row };
    const scales = entry.channels;
    const name = rows === undefined ? entry.name : `${entry.name}:${rows.start}`;
    const stored = scales === undefined ? dims : rowsOf(entry.shape, rows);
    const initializer = { name: this.#unused(name), type, dims: stored, data };
    let x = graph.initializer(initializer);
    if (scales !== undefined) {
      const from = scales.axis === 0 ? (rows?.start ?? 0) : 0;
      const scale = scales.scales.subarray(from, from + (stored[scales.axis] ?? 0));
      const shape = stored.map((size, axis) => (axis === scales.axis ? size : 1));
      const whole = graph.cast(x, 'float32');
      x = graph.node('Mul', [whole, graph.floats([...scale], shape, 'float32')]);
      if (dims.join() !== stored.join()) x = graph.node('Reshape', [x, graph.ints(dims)]);
      return graph.float === 'float32' ? x : graph.cast(x, 'float16');
    }
    return type === graph.float ? x : graph.cast(x, graph.float);
  }

  readonly #names = new Set<string>();
  #unused(name: string): string {
    const free = this.#names.has(name) ? this.graph.fresh(name) : name;
    this.#names.add(free);
    return free;
  }
}

/** The entry of a weight, checked against how it is used. Throws `package-invalid` for one that is missing or has another size. */
export function entryOf(store: WeightStore, { name, rows, shape }: WeightRef): WeightEntry {
  const entry = store.entries.get(name);
  if (entry === undefined) throw new LoomError('package-invalid', `The weights lack "${name}".`);
  const stored = rowsOf(entry.shape, rows);
  const inside = rows === undefined || rows.start + rows.count <= (entry.shape[0] ?? 0);
  if (!inside || sizeOf(stored) !== sizeOf(shape))
    throw new LoomError(
      'package-invalid',
      `"${name}" is [${entry.shape.join(', ')}], which does not make [${shape.join(', ')}].`,
    );
  return entry;
}

const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
const rowsOf = (dims: readonly number[], rows: WeightRef['rows']): readonly number[] =>
  rows === undefined ? dims : [rows.count, ...dims.slice(1)];
const swapped = (dims: readonly number[]): readonly number[] => {
  const [a = 1, b = 1] = dims.slice(-2);
  return [...dims.slice(0, -2), b, a];
};
