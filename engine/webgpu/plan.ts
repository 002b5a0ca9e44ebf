/** A network at one set of sizes, ready to be replayed: buffers, pipelines and bindings made once. */
import type { NetworkDescription } from '../types';
import type { Shape } from '../network/shapes';
import { encode, type Kernels, type Ready } from './device';
import { fuse, type Fused, type Step } from './fuse';
import { planMemory } from './memory';
import { productDispatch } from './product';
import type { Cut, Product } from './product-types';
import { partialBytes, reduceDispatch } from './reduce';
import { candidates } from './tiles';
import type { Dispatch, Limits, Slot } from './types';
import type { Weights } from './weights';

/** Which cut a product gets. */
export type Choose = (product: Product, limits: Limits) => Cut;
export const byRule: Choose = (product, limits) => {
  const [first] = candidates(product, limits);
  if (first === undefined) throw new Error('A product has at least one cut.');
  return first;
};

/** One product in one cut: the product itself, and where K is split, the kernel that joins its parts. */
export function lowerProduct(product: Product, cut: Cut, limits: Limits): readonly Dispatch[] {
  const n4 = Math.ceil(product.columns / 4);
  const sized = () => {
    const { sums, batch } = product;
    if (sums !== undefined) sums.slot.bytes = batch * sums.chunks * 2 * n4 * 16;
  };
  if (cut.splits === 1) {
    const only = productDispatch(product, cut, undefined);
    sized();
    return [only];
  }
  const partials: Slot = { label: 'partial sums', bytes: partialBytes(product, cut.splits) };
  const both = [
    productDispatch(product, cut, partials),
    reduceDispatch(product, cut.splits, partials, limits),
  ];
  sized();
  return both;
}

/** Lowers steps in order; sums tell those who read them how many chunks they have. */
export function lower(steps: readonly Step[], limits: Limits, choose: Choose): readonly Dispatch[] {
  return steps.flatMap((step) => {
    if (step.kind === 'product') return lowerProduct(step.product, choose(step.product, limits), limits);
    return step.lower() ?? [];
  });
}

export interface PlanPorts {
  readonly slot: Slot;
  readonly dims: Shape;
}

export class Plan {
  #disposed = false;

  constructor(
    readonly inputs: ReadonlyMap<string, Slot>,
    readonly outputs: ReadonlyMap<string, PlanPorts>,
    readonly dispatches: readonly Dispatch[],
    readonly ready: readonly Ready[],
    private readonly buffers: readonly GPUBuffer[],
  ) {}

  /** Bytes of GPU memory of all values, inputs and outputs. */
  get bytes(): number {
    return this.buffers.reduce((sum, { size }) => sum + size, 0);
  }

  get flops(): number {
    return this.dispatches.reduce((sum, { flops }) => sum + flops, 0);
  }

  encode(encoder: GPUCommandEncoder): void {
    encode(encoder, this.ready);
  }

  /** Whether its buffers are gone. */
  get disposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    this.#disposed = true;
    for (const buffer of this.buffers) buffer.destroy();
  }
}

/**
 * Plans `network` for inputs of these sizes: weights that are not there yet are
 * loaded while pipelines compile. Rejects with `bad-input`, `unsupported`,
 * `out-of-memory` or what the weights' store says, and leaves nothing behind.
 */
export async function makePlan(
  kernels: Kernels,
  network: NetworkDescription,
  sizes: Readonly<Record<string, Shape>>,
  weights: Weights,
  choose: Choose = byRule,
  signal?: AbortSignal,
): Promise<Plan> {
  const fused = fuse(network, sizes, weights, kernels.limits);
  return build(kernels, fused, lower(fused.steps, kernels.limits, choose), weights, signal);
}

async function build(
  kernels: Kernels,
  { inputs, outputs }: Fused,
  dispatches: readonly Dispatch[],
  weights: Weights,
  signal?: AbortSignal,
): Promise<Plan> {
  const buffers: GPUBuffer[] = [];
  const make = (bytes: number, label: string) => {
    const buffer = kernels.buffer(bytes, label);
    buffers.push(buffer);
    return buffer;
  };
  try {
    const compiled = Promise.all(dispatches.map((dispatch) => kernels.pipeline(dispatch)));
    // Awaited below; a failing load must not leave its failure unheard.
    compiled.catch(() => undefined);
    await weights.load(signal);
    const ports = [...inputs.values(), ...[...outputs.values()].map(({ slot }) => slot)];
    for (const slot of ports) slot.fixed = make(slot.bytes, slot.label);
    const { sizes, places } = planMemory(dispatches, new Set(ports));
    const shared = sizes.map((bytes, i) => make(bytes, `values ${i}`));
    for (const [slot, place] of places) {
      const buffer = shared[place];
      if (buffer !== undefined) slot.fixed = buffer;
    }
    await kernels.settled();
    await compiled;
    const ready = await Promise.all(dispatches.map((dispatch) => kernels.ready(dispatch)));
    signal?.throwIfAborted();
    return new Plan(inputs, outputs, dispatches, ready, buffers);
  } catch (thrown) {
    for (const buffer of buffers) buffer.destroy();
    throw thrown;
  }
}
