/** A network in kernels of our own, with tensors of ours going in and coming out. */
import {
  LoomError,
  type NetworkInput,
  type NetworkSource,
  type Session,
  type SessionPort,
  type Tensor,
  type TensorOps,
} from '../types';
import type { Shape } from '../network/shapes';
import type { Kernels } from '../webgpu/device';
import { makePlan, type Choose, type Plan } from '../webgpu/plan';
import { Weights } from '../webgpu/weights';
import { elementCount, type Ledger } from './counted';
import { cpuData } from './cpu';
import type { GpuMachine } from './gpu-machine';
import { bufferOf, GpuOps, GpuTensor } from './gpu-ops';
import { yieldToEventLoop } from './yield-to-event-loop';

/** What sessions of one device share. */
export interface NetworkHost {
  readonly kernels: Kernels;
  readonly gpu: GpuMachine;
  readonly ledger: Ledger;
  readonly choose: Choose;
}

/** Sizes that stay planned: text-to-image takes two (with and without guidance), and one more for comparing. */
const MOST_PLANS = 3;
/** Calls that may wait on the GPU: one runs, one is ready behind it, and a cancel waits for no more. */
const MOST_IN_FLIGHT = 2;

export class NetworkSession implements Session {
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  readonly #weights: Weights;
  readonly #plans = new Map<string, Promise<Plan>>();
  /** Plans are made one after the other: they share what is loaded. */
  #planning: Promise<unknown> = Promise.resolve();
  readonly #flight: Promise<unknown>[] = [];
  #disposed = false;

  constructor(
    private readonly source: NetworkSource,
    private readonly host: NetworkHost,
  ) {
    const { description } = source;
    this.inputs = description.inputs.map(({ name, dtype, dims }) => ({ name, type: dtype, dims }));
    this.outputs = description.outputs.map(({ name }) => ({ name, type: 'float32', dims: [] }));
    this.#weights = new Weights(host.kernels, source.weights, source.name);
    host.ledger.sessions += 1;
  }

  get name(): string {
    return this.source.name;
  }

  /** Bytes of GPU memory: weights, and values of all sizes that are planned. */
  async bytes(): Promise<number> {
    const plans = await Promise.all(this.#plans.values());
    return plans.reduce((sum, plan) => sum + plan.bytes, this.#weights.bytes);
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    ops: TensorOps,
  ): Promise<Readonly<Record<string, Tensor>>> {
    if (!(ops instanceof GpuOps))
      throw new LoomError('bad-input', 'These ops are not of the backend that the session runs on.');
    const { gpu } = this.host;
    this.#alive();
    gpu.check();
    // Retained so that a caller who gives up while a plan is made does not free what is still to be read.
    const held = Object.values(feeds);
    for (const tensor of held) tensor.retain();
    try {
      const sizes = sizesOf(this.source, feeds);
      let plan = await this.#orLost(this.plan(sizes));
      // Another size may have taken its place just now.
      while (plan.disposed) plan = await this.#orLost(this.plan(sizes));
      this.#alive();
      const results = this.#submit(plan, feeds, ops);
      await this.#orLost(this.#wait());
      gpu.check();
      await yieldToEventLoop();
      return results;
    } finally {
      for (const tensor of held) tensor.release();
    }
  }

  /** The plan for inputs of these sizes, made if need be; its weights are in place after. */
  plan(sizes: Readonly<Record<string, Shape>>, signal?: AbortSignal): Promise<Plan> {
    const key = JSON.stringify(sizes);
    const known = this.#plans.get(key);
    if (known !== undefined) {
      // The newest stands last.
      this.#plans.delete(key);
      this.#plans.set(key, known);
      return known;
    }
    const made = this.#planning.then(async () => {
      this.#alive();
      this.#evict();
      const { kernels, choose } = this.host;
      const plan = await makePlan(kernels, this.source.description, sizes, this.#weights, choose, signal);
      if (!this.#disposed) return plan;
      plan.dispose();
      throw this.#gone();
    });
    this.#planning = made.catch(() => undefined);
    this.#plans.set(key, made);
    made.catch(() => this.#plans.delete(key));
    return made;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.host.ledger.sessions -= 1;
    await this.#planning;
    for (const made of this.#plans.values())
      await made.then(
        (plan) => plan.dispose(),
        () => undefined,
      );
    this.#plans.clear();
    this.#weights.dispose();
  }

  #gone(): LoomError {
    return new LoomError('session-failed', `${this.name} was already unloaded.`);
  }

  #alive(): void {
    if (this.#disposed) throw this.#gone();
  }

  /** Lets the plan go that was used longest ago, before another takes memory. */
  #evict(): void {
    if (this.#plans.size <= MOST_PLANS) return;
    const [oldest] = this.#plans;
    if (oldest === undefined) return;
    const [key, made] = oldest;
    this.#plans.delete(key);
    // Work already submitted still sees its buffers.
    void made.then(
      (plan) => plan.dispose(),
      () => undefined,
    );
  }

  /** Feeds, runs, copies results out: one submission. */
  #submit(plan: Plan, feeds: Readonly<Record<string, Tensor>>, ops: GpuOps): Record<string, Tensor> {
    const { gpu } = this.host;
    const encoder = gpu.device.createCommandEncoder();
    for (const input of this.source.description.inputs) this.#feed(input, plan, feeds, encoder);
    plan.encode(encoder);
    const results: Record<string, Tensor> = {};
    for (const [name, { slot, dims }] of plan.outputs) {
      const bytes = 4 * elementCount(dims);
      const buffer = gpu.buffer(bytes);
      results[name] = ops.adopt(new GpuTensor(gpu, buffer, [...dims], () => gpu.recycle(buffer)));
      if (slot.fixed !== undefined) encoder.copyBufferToBuffer(slot.fixed, 0, buffer, 0, bytes);
    }
    gpu.device.queue.submit([encoder.finish()]);
    return results;
  }

  #feed(
    { name, dtype }: NetworkInput,
    plan: Plan,
    feeds: Readonly<Record<string, Tensor>>,
    encoder: GPUCommandEncoder,
  ): void {
    const tensor = feeds[name];
    const target = plan.inputs.get(name)?.fixed;
    if (tensor === undefined || target === undefined)
      throw new LoomError('bad-input', `${this.name} misses its input "${name}".`);
    if (tensor.location === 'gpu' && dtype === 'float32') {
      encoder.copyBufferToBuffer(bufferOf(tensor), 0, target, 0, tensor.bytes);
      return;
    }
    if (tensor.location === 'gpu') throw this.#wrongType(name, dtype, tensor);
    const data = cpuData(tensor);
    if (dtype === 'float32') {
      if (!(data instanceof Float32Array)) throw this.#wrongType(name, dtype, tensor);
      this.host.gpu.write(target, data);
      return;
    }
    if (data instanceof Float32Array || data instanceof Uint8Array)
      throw this.#wrongType(name, dtype, tensor);
    // Ids are small and positive: their bits are the same as int32.
    this.host.gpu.write(target, Uint32Array.from(data, Number));
  }

  #wrongType(name: string, dtype: string, tensor: Tensor): LoomError {
    return new LoomError('bad-input', `${this.name}: "${name}" takes ${dtype}, not ${tensor.dtype}.`);
  }

  /** Until no more than a few calls are on the GPU. */
  async #wait(): Promise<void> {
    this.#flight.push(this.host.gpu.device.queue.onSubmittedWorkDone());
    while (this.#flight.length >= MOST_IN_FLIGHT) await this.#flight.shift();
  }

  /** A lost device must not leave a call waiting for ever. */
  #orLost<T>(work: Promise<T>): Promise<T> {
    const { gpu } = this.host;
    return Promise.race([
      work,
      gpu.lost.then((): never => {
        gpu.check();
        throw new LoomError('device-lost', 'The GPU device was lost.');
      }),
    ]);
  }
}

/** Sizes of what is fed; what the network does not name is left out. Throws `bad-input` where an input is missing. */
function sizesOf(
  { name, description }: NetworkSource,
  feeds: Readonly<Record<string, Tensor>>,
): Record<string, Shape> {
  return Object.fromEntries(
    description.inputs.map((input) => {
      const tensor = feeds[input.name];
      if (tensor === undefined) throw new LoomError('bad-input', `${name} misses its input "${input.name}".`);
      return [input.name, tensor.dims];
    }),
  );
}
