/** One GPU device: pooled buffers, cached pipelines, dispatch. Everything is submitted at once, so that queue order is program order. */
import { LoomError } from '../types';
import type { Ledger } from './counted';

// The flags of GPUBufferUsage and GPUMapMode, which have no global in Node's types.
const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 };
const MAP_READ = 1;
const WORKGROUP = 64;
/** Words of parameters that a kernel may take. */
const PARAMETER_WORDS = 64;
/** Free buffers kept for reuse, in bytes. */
const POOL_LIMIT = 256 * 2 ** 20;

/** A kernel's parameter: whole numbers and floats, told apart so that each keeps its bits. */
export type Parameter = number | { readonly f32: number };

/** WGSL for one kernel. */
export interface Kernel {
  readonly name: string;
  readonly code: string;
}

/** A kernel over flat indices: `body` runs for each i below the first parameter; see {@link GpuMachine.dispatch}. */
export function elementwise(
  name: string,
  inputs: readonly string[],
  body: string,
  output = 'array<f32>',
): Kernel {
  return {
    name,
    code: `${header(inputs, output)}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * ${WORKGROUP}u + id.x;
  if (i >= u(0u)) { return; }
  ${body}
}`,
  };
}

/** Bindings: parameters `u(k)` and `f(k)`, the result `y`, then the inputs by name (`name: type`). */
export function header(inputs: readonly string[], output = 'array<f32>'): string {
  return `@group(0) @binding(0) var<uniform> parameters: array<vec4<u32>, ${PARAMETER_WORDS / 4}>;
fn u(k: u32) -> u32 { return parameters[k / 4u][k % 4u]; }
fn f(k: u32) -> f32 { return bitcast<f32>(u(k)); }
@group(0) @binding(1) var<storage, read_write> y: ${output};
${inputs.map((input, k) => `@group(0) @binding(${k + 2}) var<storage, read> ${input};`).join('\n')}`;
}

/** The device with what is built on it. Throws `device-lost` once the device is gone. */
export class GpuMachine {
  /** Settles with the reason when the device is lost. Never rejects. */
  readonly lost: Promise<string>;
  #lostReason: string | undefined;
  #fault: LoomError | undefined;
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #pool = new Map<number, GPUBuffer[]>();
  #pooled = 0;
  readonly #parameters: GPUBuffer;

  constructor(
    readonly device: GPUDevice,
    readonly ledger: Ledger,
  ) {
    this.#parameters = device.createBuffer({
      size: PARAMETER_WORDS * 4,
      usage: USAGE.UNIFORM | USAGE.COPY_DST,
    });
    this.lost = device.lost.then((info) => {
      this.#lostReason = info.message || info.reason;
      return this.#lostReason;
    });
    device.addEventListener('uncapturederror', (event) => {
      if (!('error' in event) || !(event.error instanceof GPUError)) return;
      const memory = event.error instanceof GPUOutOfMemoryError;
      this.#fault ??= new LoomError(
        memory ? 'out-of-memory' : 'internal',
        memory ? 'The GPU has not enough memory for this.' : `WebGPU: ${event.error.message}`,
        {},
        memory ? { fix: 'Choose a smaller picture or batch, or close other pages that use the GPU.' } : {},
      );
    });
  }

  /** Throws what went wrong on the device since the last check, once; `device-lost` always. */
  check(): void {
    if (this.#lostReason !== undefined)
      throw new LoomError(
        'device-lost',
        `The GPU device was lost: ${this.#lostReason}`,
        {},
        {
          fix: 'Reload the page; if it happens again, choose wasm in the settings.',
        },
      );
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw fault;
  }

  /** A storage buffer of at least `bytes`, its contents undefined. Give it back with {@link recycle}. */
  buffer(bytes: number): GPUBuffer {
    this.check();
    const size = roundUp(bytes);
    const reused = this.#pool.get(size)?.pop();
    if (reused !== undefined) {
      this.#pooled -= size;
      return reused;
    }
    if (size > this.device.limits.maxBufferSize)
      throw new LoomError(
        'out-of-memory',
        `A buffer of ${size} bytes is more than this GPU allows.`,
        {},
        {
          fix: 'Choose a smaller picture or batch.',
        },
      );
    return this.device.createBuffer({ size, usage: USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST });
  }

  /** Takes a buffer back; work already submitted still sees its old contents. */
  recycle(buffer: GPUBuffer): void {
    if (this.#lostReason !== undefined || this.#pooled + buffer.size > POOL_LIMIT) {
      buffer.destroy();
      return;
    }
    const shelf = this.#pool.get(buffer.size);
    if (shelf === undefined) this.#pool.set(buffer.size, [buffer]);
    else shelf.push(buffer);
    this.#pooled += buffer.size;
  }

  /** Writes CPU data to the start of a buffer. */
  write(buffer: GPUBuffer, data: Float32Array | Uint32Array | Uint16Array): void {
    if (data.byteLength === 0) return;
    // Writes come in whole words; a half-precision array may end on half a one.
    if (data.byteLength % 4 === 0) {
      this.device.queue.writeBuffer(buffer, 0, plain(data));
      return;
    }
    const padded = new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
    padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.device.queue.writeBuffer(buffer, 0, padded);
  }

  /** The first `bytes` of a buffer. Rejects with `device-lost` or what went wrong before. */
  async read(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    this.check();
    if (bytes === 0) return new ArrayBuffer(0);
    const size = Math.ceil(bytes / 4) * 4;
    const staging = this.device.createBuffer({ size, usage: USAGE.MAP_READ | USAGE.COPY_DST });
    try {
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
      this.device.queue.submit([encoder.finish()]);
      await staging.mapAsync(MAP_READ);
      const copy = staging.getMappedRange().slice(0, bytes);
      this.check();
      return copy;
    } catch (thrown) {
      if (thrown instanceof LoomError) throw thrown;
      // A mapping fails when the device goes; the reason arrives a moment later.
      await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, 50))]);
      this.check();
      throw new LoomError('internal', 'The GPU did not give its result back.', {}, { cause: thrown });
    } finally {
      staging.destroy();
    }
  }

  /**
   * Runs a kernel over `count` flat indices (parameter 0 is `count`; the given
   * ones follow), reading `inputs` and writing `output`.
   */
  dispatch(
    kernel: Kernel,
    count: number,
    parameters: readonly Parameter[],
    output: GPUBuffer,
    inputs: readonly GPUBuffer[],
  ): void {
    this.launch(kernel, Math.ceil(count / WORKGROUP), [count, ...parameters], output, inputs);
  }

  /** Runs a kernel in `groups` workgroups, laid out in two dimensions where one is too short. */
  launch(
    kernel: Kernel,
    groups: number,
    parameters: readonly Parameter[],
    output: GPUBuffer,
    inputs: readonly GPUBuffer[],
  ): void {
    this.check();
    if (groups === 0) return;
    const words = new DataView(new ArrayBuffer(PARAMETER_WORDS * 4));
    parameters.forEach((value, k) => {
      if (typeof value === 'number') words.setUint32(4 * k, value, true);
      else words.setFloat32(4 * k, value.f32, true);
    });
    this.device.queue.writeBuffer(this.#parameters, 0, words.buffer);
    const pipeline = this.#pipeline(kernel);
    const bindings = this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [this.#parameters, output, ...inputs].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    });
    const widest = this.device.limits.maxComputeWorkgroupsPerDimension;
    const x = Math.min(groups, widest);
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.dispatchWorkgroups(x, Math.ceil(groups / x));
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  /** Destroys the pooled buffers; the device itself is left to whoever made it. */
  dispose(): void {
    for (const shelf of this.#pool.values()) for (const buffer of shelf) buffer.destroy();
    this.#pool.clear();
    this.#pooled = 0;
    this.#parameters.destroy();
  }

  #pipeline(kernel: Kernel): GPUComputePipeline {
    const known = this.#pipelines.get(kernel.name);
    if (known !== undefined) return known;
    const module = this.device.createShaderModule({ label: kernel.name, code: kernel.code });
    const pipeline = this.device.createComputePipeline({
      label: kernel.name,
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
    this.#pipelines.set(kernel.name, pipeline);
    return pipeline;
  }
}

/** Pools hold few sizes: whole 256-byte units. */
const roundUp = (bytes: number) => Math.max(256, Math.ceil(bytes / 256) * 256);

/** The same bytes on a buffer that is not shared between threads, which is what WebGPU takes. */
function plain(data: Float32Array | Uint32Array | Uint16Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = data;
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer, byteOffset, byteLength);
  const copy = new Uint8Array(byteLength);
  copy.set(new Uint8Array(buffer, byteOffset, byteLength));
  return copy;
}
