/** The weights of one network in GPU memory: made once, shared by the plans of all sizes. */
import { halfValue, LoomError, type WeightEntry, type WeightRef, type WeightStore } from '../types';
import { encode, type Kernels } from './device';
import { constantsOf } from './product-types';
import type { Slot } from './types';
import { foldKernel, packKernel, storageOf } from './weight-pack';
import type { Blit, MatrixRequest, TableRequest, TableStorage, VectorRequest } from './weight-types';
import type { WeightStorage } from './product-types';

const slotOf = (label: string, bytes: number): Slot => ({ label, bytes });

export class Weights {
  readonly #slots = new Map<string, readonly Slot[]>();
  #pending: { readonly key: string; readonly make: (signal?: AbortSignal) => Promise<void> }[] = [];

  constructor(
    private readonly kernels: Kernels,
    private readonly store: WeightStore,
    readonly network: string,
  ) {}

  /** Bytes of GPU memory of what was asked for so far. */
  get bytes(): number {
    return [...this.#slots.values()]
      .flat()
      .reduce((sum, slot) => sum + Math.max(16, Math.ceil(slot.bytes / 16) * 16), 0);
  }

  /** How a matrix of these weights can be kept: 8 or 16 bits where all its blocks are, else float32. */
  storageOf(refs: readonly WeightRef[]): WeightStorage {
    const kinds = refs.map((ref) => {
      const { dtype, channels, shape } = this.#entry(ref);
      return storageOf(dtype, channels?.axis === (ref.transposed ? shape.length - 1 : 0));
    });
    const [first = 'float32'] = kinds;
    return kinds.every((kind) => kind === first) ? first : 'float32';
  }

  /** The packed matrix and its constants. */
  matrix(label: string, request: MatrixRequest): { readonly weights: Slot; readonly constants: Slot } {
    const n4 = Math.ceil(request.columns / 4);
    const width = { float32: 16, float16: 8, bfloat16: 8, int8: 4 }[request.storage];
    const places = constantsOf(request);
    const channels = request.blits[0]?.channels ?? 0;
    const vectors = places.gamma + (request.layer === undefined ? 0 : Math.ceil(channels / 4));
    const [weights, constants] = this.#once(JSON.stringify(request), () => {
      const made = [
        slotOf(label, request.rows * n4 * width),
        slotOf(`${label} constants`, 16 * vectors),
      ] as const;
      return { made, make: (signal) => this.#makeMatrix(request, made[0], made[1], signal) };
    });
    if (weights === undefined || constants === undefined)
      throw new LoomError('internal', `${label} has no weights.`);
    return { weights, constants };
  }

  /** Vectors one behind the other, float32. */
  vectors(label: string, { vectors }: VectorRequest): Slot {
    const size = vectors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    return this.#single(JSON.stringify(vectors), slotOf(label, 4 * size), async (slot, signal) => {
      const all = new Float32Array(size);
      let at = 0;
      for (const ref of vectors) {
        const values = await this.#read(ref, signal);
        all.set(values, at);
        at += values.length;
      }
      slot.fixed = this.kernels.filled(all, label);
    });
  }

  /** Numbers that no file holds. `label` names them for good. */
  constant(label: string, values: Float32Array): Slot {
    return this.#single(label, slotOf(label, values.byteLength), (slot) => {
      slot.fixed = this.kernels.filled(values, label);
      return Promise.resolve();
    });
  }

  /** A table, row-major; half precision stays as it is. */
  table(label: string, { table }: TableRequest): { readonly slot: Slot; readonly storage: TableStorage } {
    const { dtype } = this.#entry(table);
    const storage = dtype === 'float16' || dtype === 'bfloat16' ? dtype : 'float32';
    const count = table.shape.reduce((a, b) => a * b, 1);
    const bytes = count * (storage === 'float32' ? 4 : 2);
    const slot = this.#single(
      `table ${JSON.stringify(table)}`,
      slotOf(label, bytes),
      async (made, signal) => {
        if (storage === 'float32') {
          made.fixed = this.kernels.filled(await this.#read(table, signal), label);
          return;
        }
        const raw = await this.#bytes(table, signal);
        made.fixed = this.kernels.filled(raw, label);
      },
    );
    return { slot, storage };
  }

  /** Makes what was asked for since the last call. Each tensor is read, uploaded and expanded by itself. */
  async load(signal?: AbortSignal): Promise<void> {
    while (this.#pending.length > 0) {
      const [next] = this.#pending;
      signal?.throwIfAborted();
      await next?.make(signal);
      this.#pending = this.#pending.slice(1);
    }
  }

  /** Frees all buffers. */
  dispose(): void {
    for (const slot of [...this.#slots.values()].flat()) {
      slot.fixed?.destroy();
      delete slot.fixed;
    }
    this.#slots.clear();
    this.#pending = [];
  }

  #single(key: string, slot: Slot, make: (slot: Slot, signal?: AbortSignal) => Promise<void>): Slot {
    const [found = slot] = this.#once(key, () => ({ made: [slot], make: (signal) => make(slot, signal) }));
    return found;
  }

  #once(
    key: string,
    create: () => { readonly made: readonly Slot[]; readonly make: (signal?: AbortSignal) => Promise<void> },
  ): readonly Slot[] {
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const { made, make } = create();
    this.#slots.set(key, made);
    this.#pending.push({ key, make });
    return made;
  }

  #entry(ref: WeightRef): WeightEntry {
    const entry = this.store.entries.get(ref.name);
    if (entry === undefined)
      throw new LoomError('package-invalid', `${this.network}: the weights have no "${ref.name}".`);
    return entry;
  }

  async #makeMatrix(
    request: MatrixRequest,
    weights: Slot,
    constants: Slot,
    signal?: AbortSignal,
  ): Promise<void> {
    const { kernels } = this;
    const values = await this.#constants(request, constants.bytes / 4, signal);
    const matrix = kernels.buffer(weights.bytes, weights.label);
    weights.fixed = matrix;
    constants.fixed = kernels.filled(values, constants.label);
    const temporary: GPUBuffer[] = [];
    const temp = (data: ArrayBufferView, label: string): Slot => {
      const buffer = kernels.filled(data, label);
      temporary.push(buffer);
      return { label, bytes: data.byteLength, fixed: buffer };
    };
    try {
      const dispatches = [];
      for (const blit of request.blits) {
        const { ref } = blit;
        const entry = this.#entry(ref);
        if (ref.transposed && ref.rows)
          throw new LoomError('unsupported', `${this.network}: "${ref.name}" is cut and turned.`);
        const { dtype, channels } = entry;
        const first = ref.rows?.start ?? 0;
        const { code, groups, numbers } = packKernel(request, blit, dtype, first, entry.shape.at(-1) ?? 1);
        const stored = temp(await this.store.read(ref.name, signal), `${ref.name} as stored`);
        const buffers = [weights, stored, temp(numbers, 'numbers')];
        if (dtype === 'int8-channels' && request.storage !== 'int8')
          buffers.push(temp(channels?.scales ?? new Float32Array(1), `${ref.name} scales`));
        dispatches.push(
          await kernels.ready({ label: `pack ${ref.name}`, code, buffers, writes: 1, groups, flops: 0 }),
        );
      }
      if (request.layer !== undefined) {
        const beta = temp(await this.#read(request.layer.beta, signal), 'beta');
        const { code, groups, numbers } = foldKernel(request);
        const buffers = [constants, weights, beta, temp(numbers, 'numbers')];
        dispatches.push(
          await kernels.ready({ label: 'fold layer norm', code, buffers, writes: 1, groups, flops: 0 }),
        );
      }
      const encoder = kernels.device.createCommandEncoder();
      encode(encoder, dispatches);
      kernels.device.queue.submit([encoder.finish()]);
    } finally {
      // Work already submitted still sees them.
      for (const buffer of temporary) buffer.destroy();
    }
  }

  /** Bias, scales and γ in their places. */
  async #constants(request: MatrixRequest, floats: number, signal?: AbortSignal): Promise<Float32Array> {
    const all = new Float32Array(floats);
    const places = constantsOf(request);
    const n4 = Math.ceil(request.columns / 4);
    const half = request.columns / 2;
    /** Where column n of the file stands in the packed matrix. */
    const placeOf = (n: number) => (request.paired ? (n < half ? 2 * n : 2 * (n - half) + 1) : n);
    for (const { ref, column } of request.biases) {
      const values = await this.#read(ref, signal);
      values.forEach((value, n) => {
        const at = 4 * places.bias + column + placeOf(n);
        all[at] = (all[at] ?? 0) + value;
      });
    }
    for (const blit of request.storage === 'int8' ? request.blits : [])
      this.#scales(blit, all, 4 * (places.scales + blit.scales * n4), placeOf);
    if (request.layer !== undefined) all.set(await this.#read(request.layer.gamma, signal), 4 * places.gamma);
    return all;
  }

  #scales(blit: Blit, all: Float32Array, start: number, placeOf: (n: number) => number): void {
    const scales = this.#entry(blit.ref).channels?.scales;
    const first = blit.ref.rows?.start ?? 0;
    for (let n = 0; n < blit.columns; n += 1)
      all[start + blit.column + placeOf(n)] = scales?.[first + n] ?? 1;
  }

  /** The bytes of the rows that a ref takes. */
  async #bytes(ref: WeightRef, signal?: AbortSignal): Promise<Uint8Array> {
    const entry = this.#entry(ref);
    const bytes = await this.store.read(ref.name, signal);
    if (ref.rows === undefined) return bytes;
    const each = entry.bytes / (entry.shape[0] ?? 1);
    return bytes.subarray(ref.rows.start * each, (ref.rows.start + ref.rows.count) * each);
  }

  /** A small weight as float32, in the order that the op wants. */
  async #read(ref: WeightRef, signal?: AbortSignal): Promise<Float32Array> {
    const { dtype, channels, shape } = this.#entry(ref);
    // Copied, so that alignment does not matter.
    const bytes = new Uint8Array(await this.#bytes(ref, signal));
    const inner = channels === undefined ? 1 : shape.slice(channels.axis + 1).reduce((a, b) => a * b, 1);
    const start = (ref.rows?.start ?? 0) * shape.slice(1).reduce((a, b) => a * b, 1);
    const values = valuesOf(bytes, dtype, (i) => {
      const scales = channels?.scales;
      return scales?.[Math.floor((start + i) / inner) % scales.length] ?? 1;
    });
    if (!ref.transposed) return values;
    const [out = 1, width = 1] = ref.shape;
    return Float32Array.from(values, (_, i) => values[(i % width) * out + Math.floor(i / width)] ?? 0);
  }
}

function valuesOf(
  bytes: Uint8Array,
  dtype: WeightEntry['dtype'],
  scale: (i: number) => number,
): Float32Array {
  const { buffer } = bytes;
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer), halfValue);
    case 'bfloat16':
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    case 'int8-channels':
      return Float32Array.from(new Int8Array(buffer), (q, i) => q * scale(i));
  }
}
