/** Times a product's candidates on the device that it will run on, and remembers the quickest. */
import { lowerProduct, type Choose } from './plan';
import type { Kernels, Ready } from './device';
import { USAGE } from './device';
import { isFlat, stepsOf, type Cut, type Product } from './product-types';
import { candidates, cutName } from './tiles';
import type { Dispatch, Slot } from './types';

/** Flags that Node's types do not have. */
const QUERY_RESOLVE = 0x200;
const MAP_READ = 1;

/** What makes two products the same work: all sizes, nothing of where they lie. */
export function productKey(product: Product): string {
  const { batch, height, width, columns, segments, storage, layer, vector, act, geglu, residual, sums } =
    product;
  return JSON.stringify([
    [batch, height, width, columns, storage, isFlat(product)],
    segments.map(({ view, kernel, stride, up, act: loaded }) => [
      view.channels,
      ...kernel,
      stride,
      up,
      loaded ?? '',
    ]),
    [layer !== undefined, vector !== undefined, act ?? '', geglu, residual !== undefined, sums !== undefined],
  ]);
}

/** Quickest cuts by {@link productKey}, as they are stored between visits. */
export type Timed = Readonly<Record<string, string>>;

/** Chooses by what was timed, else by rule. */
export class Tuner {
  readonly #known = new Map<string, string>();

  constructor(
    private readonly kernels: Kernels,
    known: Timed = {},
  ) {
    for (const [key, name] of Object.entries(known)) this.#known.set(key, name);
  }

  /** A cut that is remembered but does not fit any more (another version) counts for nothing. */
  readonly choose: Choose = (product, limits) => {
    const all = candidates(product, limits);
    const name = this.#known.get(productKey(product));
    const [first] = all;
    const found = all.find((cut) => cutName(cut) === name) ?? first;
    if (found === undefined) throw new Error('A product has at least one cut.');
    return found;
  };

  timed(): Timed {
    return Object.fromEntries(this.#known);
  }

  /** Times up to `most` candidates of each product that is not known. Its weights must be loaded. */
  async tune(
    products: readonly Product[],
    most: number,
    signal?: AbortSignal,
  ): Promise<readonly TunedProduct[]> {
    const tuned: TunedProduct[] = [];
    for (const product of products) {
      const key = productKey(product);
      if (this.#known.has(key)) continue;
      const cuts = candidates(product, this.kernels.limits).slice(0, most);
      const times = await timeCuts(this.kernels, product, cuts);
      signal?.throwIfAborted();
      const best = times.toSorted((a, b) => a.microseconds - b.microseconds);
      const [quickest] = best;
      if (quickest === undefined) continue;
      this.#known.set(key, cutName(quickest.cut));
      tuned.push({ product, steps: stepsOf(product), times: best });
    }
    return tuned;
  }
}

export interface TunedProduct {
  readonly product: Product;
  readonly steps: number;
  readonly times: readonly { readonly cut: Cut; readonly microseconds: number }[];
}

/** Microseconds of each cut. Cuts that the driver refuses are left out. */
export async function timeCuts(
  kernels: Kernels,
  product: Product,
  cuts: readonly Cut[],
): Promise<readonly { readonly cut: Cut; readonly microseconds: number }[]> {
  const scratch = new Scratch(kernels);
  try {
    const made = await Promise.all(
      cuts.map(async (cut) => {
        const dispatches = lowerProduct(product, cut, kernels.limits);
        try {
          return { cut, ready: await scratch.ready(dispatches) };
        } catch {
          return undefined;
        }
      }),
    );
    const times = [];
    for (const one of made) {
      if (one === undefined) continue;
      times.push({ cut: one.cut, microseconds: await timeReady(kernels, one.ready) });
    }
    return times;
  } finally {
    scratch.dispose();
  }
}

/** Buffers in place of a plan's own, so that timing disturbs nothing. */
class Scratch {
  readonly #buffers = new Map<Slot, GPUBuffer>();

  constructor(private readonly kernels: Kernels) {}

  ready(dispatches: readonly Dispatch[]): Promise<Ready[]> {
    return Promise.all(
      dispatches.map((dispatch) =>
        this.kernels.ready({ ...dispatch, buffers: dispatch.buffers.map((slot) => this.#slot(slot)) }),
      ),
    );
  }

  dispose(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy();
  }

  #slot(slot: Slot): Slot {
    let buffer = this.#buffers.get(slot);
    if (buffer !== undefined && buffer.size >= slot.bytes) return { ...slot, fixed: buffer };
    // Weights are read where they lie.
    if (slot.fixed !== undefined) return slot;
    buffer = this.kernels.buffer(slot.bytes, slot.label);
    this.#buffers.set(slot, buffer);
    return { ...slot, fixed: buffer };
  }
}

/** Microseconds that some dispatches take, one after the other: the least of a few rounds, by the GPU's clock where it has one. */
export async function timeReady({ device }: Kernels, ready: readonly Ready[], times = 20): Promise<number> {
  const run = (pass: GPUComputePassEncoder, count: number) => {
    for (let i = 0; i < count; i += 1)
      for (const { pipeline, bindings, x, y } of ready) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindings);
        pass.dispatchWorkgroups(x, y);
      }
  };
  if (!device.features.has('timestamp-query')) {
    const once = async (count: number) => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      run(pass, count);
      pass.end();
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - start) * 1000;
    };
    // The difference of two lengths leaves out what a submission costs by itself.
    await once(1);
    const [short, long] = [await once(times), await once(3 * times)];
    return Math.max(0, long - short) / (2 * times);
  }
  const rounds = 3;
  const set = device.createQuerySet({ type: 'timestamp', count: 2 * rounds });
  const size = 16 * rounds;
  const resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | USAGE.COPY_SRC });
  const staging = device.createBuffer({ size, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  try {
    const encoder = device.createCommandEncoder();
    for (let round = 0; round < rounds; round += 1) {
      const pass = encoder.beginComputePass({
        timestampWrites: {
          querySet: set,
          beginningOfPassWriteIndex: 2 * round,
          endOfPassWriteIndex: 2 * round + 1,
        },
      });
      run(pass, times);
      pass.end();
    }
    encoder.resolveQuerySet(set, 0, 2 * rounds, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(MAP_READ);
    const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
    const spans = Array.from({ length: rounds }, (_, i) =>
      Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n)),
    );
    return Math.min(...spans) / 1000 / times;
  } finally {
    set.destroy();
    resolved.destroy();
    staging.destroy();
  }
}
