/** What kernels of our own need of a device: pipelines made side by side, buffers, errors as ours. */
import { LoomError } from '../types';
import type { Dispatch, Limits, Slot } from './types';

// The flags of GPUBufferUsage and GPUShaderStage, which have no global in Node's types.
export const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, STORAGE: 128 };
const COMPUTE = 4;

/** A dispatch ready to be encoded. */
export interface Ready {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** Pipelines and layouts of one device, kept as long as it is. */
export class Kernels {
  readonly limits: Limits;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  constructor(readonly device: GPUDevice) {
    const { limits } = device;
    this.limits = {
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      threads: Math.min(256, limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
      buffers: limits.maxStorageBuffersPerShaderStage,
      bindingBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
    };
  }

  /** The pipeline of some WGSL; compiled once. Rejects with `unsupported` where the driver refuses it. */
  pipeline({
    code,
    buffers,
    writes,
    label,
  }: Pick<Dispatch, 'code' | 'buffers' | 'writes' | 'label'>): Promise<GPUComputePipeline> {
    const known = this.#pipelines.get(code);
    if (known !== undefined) return known;
    const { device } = this;
    const made = device
      .createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({ bindGroupLayouts: [this.#layout(buffers.length, writes)] }),
        compute: { module: device.createShaderModule({ label, code }), entryPoint: 'main' },
      })
      .catch((thrown: unknown) => {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw new LoomError(
          'unsupported',
          `The GPU refuses the kernel "${label}": ${why}`,
          {},
          { cause: thrown },
        );
      });
    this.#pipelines.set(code, made);
    // Whoever asked for it hears of the failure; nobody else must.
    made.catch(() => this.#pipelines.delete(code));
    return made;
  }

  /** Binds a dispatch's buffers. All of its slots must have one. */
  async ready(dispatch: Dispatch): Promise<Ready> {
    const { buffers, writes, groups, label } = dispatch;
    const pipeline = await this.pipeline(dispatch);
    const widest = this.device.limits.maxComputeWorkgroupsPerDimension;
    const x = Math.min(groups, widest);
    const bindings = this.device.createBindGroup({
      layout: this.#layout(buffers.length, writes),
      entries: buffers.map((slot, binding) => ({ binding, resource: { buffer: bufferOf(slot) } })),
    });
    return { pipeline, bindings, x, y: Math.ceil(groups / x), label };
  }

  /** A storage buffer. Throws `out-of-memory` beyond what a binding may have; {@link settled} says if the device had no room. */
  buffer(bytes: number, label: string): GPUBuffer {
    return this.#create(bytes, label, false);
  }

  /** A storage buffer with contents, filled up to whole words. Throws as {@link buffer}. */
  filled(data: ArrayBufferView, label: string): GPUBuffer {
    const buffer = this.#create(data.byteLength, label, true);
    new Uint8Array(buffer.getMappedRange()).set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
    buffer.unmap();
    return buffer;
  }

  /** Rejects with `out-of-memory` if the device had no room for a buffer made since the last call. */
  async settled(): Promise<void> {
    const made = this.#made;
    this.#made = [];
    const failures = (await Promise.all(made)).filter((error) => error !== null);
    const [first] = failures;
    if (first !== undefined) throw tooLarge(first.message);
  }

  #made: Promise<GPUError | null>[] = [];

  #create(bytes: number, label: string, mappedAtCreation: boolean): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > this.limits.bindingBytes) throw tooLarge(`"${label}" takes ${size} bytes in one piece`);
    const usage = USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST;
    this.device.pushErrorScope('out-of-memory');
    try {
      return this.device.createBuffer({ size, label, usage, mappedAtCreation });
    } catch (thrown) {
      throw tooLarge(thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      // A lost device answers no scope; that it is lost is heard of elsewhere.
      this.#made.push(this.device.popErrorScope().catch(() => null));
    }
  }

  #layout(buffers: number, writes: number): GPUBindGroupLayout {
    const key = `${writes}/${buffers}`;
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const layout = this.device.createBindGroupLayout({
      entries: Array.from({ length: buffers }, (_, binding) => ({
        binding,
        visibility: COMPUTE,
        buffer: { type: binding < writes ? ('storage' as const) : ('read-only-storage' as const) },
      })),
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}

function bufferOf(slot: Slot): GPUBuffer {
  if (slot.fixed === undefined) throw new LoomError('internal', `"${slot.label}" has no buffer.`);
  return slot.fixed;
}

/** Encodes dispatches into one compute pass. */
export function encode(encoder: GPUCommandEncoder, dispatches: readonly Ready[]): void {
  const pass = encoder.beginComputePass();
  let last: GPUComputePipeline | undefined;
  for (const { pipeline, bindings, x, y } of dispatches) {
    if (pipeline !== last) pass.setPipeline(pipeline);
    last = pipeline;
    pass.setBindGroup(0, bindings);
    pass.dispatchWorkgroups(x, y);
  }
  pass.end();
}

export const tooLarge = (why: string): LoomError =>
  new LoomError(
    'out-of-memory',
    `The GPU has not enough memory for this: ${why}.`,
    {},
    { fix: 'Choose a smaller picture or batch, or close other pages that use the GPU.' },
  );
