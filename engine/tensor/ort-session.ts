/** A network in onnxruntime-web, with tensors of ours going in and coming out. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';
import {
  fromHalf,
  LoomError,
  toHalf,
  type Session,
  type SessionPort,
  type Tensor,
  type TensorData,
  type TensorOps,
} from '../types';
import { elementCount, type Ledger } from './counted';
import { CpuOps, CpuTensor, cpuData } from './cpu';
import { fromHalf as fromHalfKernel, toHalf as toHalfKernel } from './gpu-kernels';
import type { GpuMachine } from './gpu-machine';
import { bufferOf, GpuOps, GpuTensor } from './gpu-ops';
import type { Queue } from './queue';
import { yieldToEventLoop } from './yield-to-event-loop';

type OrtTensorClass = typeof OrtTensor;

/** What sessions of one backend share. `gpu` is absent on wasm. */
export interface SessionHost {
  readonly Tensor: OrtTensorClass;
  readonly queue: Queue;
  readonly ledger: Ledger;
  readonly gpu?: GpuMachine;
}

/** Dimensions and element type of each port. */
export function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): SessionPort[] {
  return metadata.map((port) =>
    port.isTensor
      ? { name: port.name, type: port.type, dims: port.shape }
      : { name: port.name, type: 'other', dims: [] },
  );
}

/** Throws `bad-input` when a fed tensor does not fit the declared port; symbolic sizes fit anything. */
export function checkFeed(session: string, port: SessionPort, tensor: Tensor): void {
  const fits =
    port.dims.length === tensor.dims.length &&
    port.dims.every((size, i) => typeof size === 'string' || size === tensor.dims[i]);
  if (!fits)
    throw new LoomError(
      'bad-input',
      `${session}: "${port.name}" takes [${port.dims.join(', ')}], not [${tensor.dims.join(', ')}].`,
      {},
      { fix: 'This network was made for one size: use the size it was trained at.' },
    );
}

export class OrtSession implements Session {
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  #disposal: Promise<void> | undefined;
  #unloaded = false;

  constructor(
    readonly name: string,
    private readonly session: InferenceSession,
    private readonly host: SessionHost,
    private readonly onDispose: (session: OrtSession) => void = () => {},
  ) {
    this.inputs = portsOf(session.inputMetadata);
    this.outputs = portsOf(session.outputMetadata);
    host.ledger.sessions += 1;
  }

  run(feeds: Readonly<Record<string, Tensor>>, ops: TensorOps): Promise<Readonly<Record<string, Tensor>>> {
    // Retained so that a caller who gives up while this waits in the queue does not free what is still to be read.
    const held = Object.values(feeds);
    for (const tensor of held) tensor.retain();
    return this.host.queue
      .add(async () => {
        const given = await this.#run(feeds, ops);
        await yieldToEventLoop();
        return given;
      })
      .finally(() => {
        for (const tensor of held) tensor.release();
      });
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.host.queue.add(async () => {
      this.#unloaded = true;
      this.host.ledger.sessions -= 1;
      this.onDispose(this);
      await this.session.release();
    });
    return this.#disposal;
  }

  async #run(
    feeds: Readonly<Record<string, Tensor>>,
    ops: TensorOps,
  ): Promise<Readonly<Record<string, Tensor>>> {
    if (this.#unloaded) throw new LoomError('session-failed', `${this.name} was already unloaded.`);
    this.host.gpu?.check();
    const borrowed: (() => void)[] = [];
    let results: InferenceSession.ReturnType | undefined;
    const given: Record<string, Tensor> = {};
    try {
      const ortFeeds: Record<string, OrtTensor> = {};
      for (const port of this.inputs) {
        const tensor = feeds[port.name];
        if (tensor === undefined)
          throw new LoomError('bad-input', `${this.name} misses its input "${port.name}".`);
        checkFeed(this.name, port, tensor);
        ortFeeds[port.name] = this.#feed(port, tensor, borrowed);
      }
      results = await this.#guard(this.session.run(ortFeeds));
      for (const port of this.outputs) {
        const result = results[port.name];
        if (result === undefined)
          throw new LoomError('session-failed', `${this.name} gave no "${port.name}".`);
        given[port.name] = this.#take(result, ops);
      }
      this.host.gpu?.check();
      return given;
    } catch (thrown) {
      for (const tensor of Object.values(given)) if (!tensor.disposed) tensor.release();
      throw failure(this.name, thrown);
    } finally {
      for (const giveBack of borrowed) giveBack();
      // Disposing twice is harmless; those taken over as they are were replaced by their own release.
      for (const result of Object.values(results ?? {})) if (!this.#kept.delete(result)) result.dispose();
    }
  }

  /** Results that live on as tensors of ours. */
  readonly #kept = new Set<OrtTensor>();

  /** A lost device must not leave a run waiting for ever. */
  #guard<T>(run: Promise<T>): Promise<T> {
    const { gpu } = this.host;
    if (gpu === undefined) return run;
    return Promise.race([
      run,
      gpu.lost.then((): never => {
        gpu.check();
        throw new LoomError('device-lost', 'The GPU device was lost.');
      }),
    ]);
  }

  #feed(port: SessionPort, tensor: Tensor, borrowed: (() => void)[]): OrtTensor {
    const { Tensor: Make, gpu } = this.host;
    if (tensor.location === 'gpu' && gpu !== undefined) {
      const source = bufferOf(tensor);
      if (port.type === 'float32')
        return Make.fromGpuBuffer(source, { dataType: 'float32', dims: tensor.dims });
      if (port.type !== 'float16') throw wrongType(this.name, port, tensor);
      const count = elementCount(tensor.dims);
      const half = gpu.buffer(Math.ceil(count / 2) * 4);
      borrowed.push(() => gpu.recycle(half));
      gpu.dispatch(toHalfKernel, Math.ceil(count / 2), [count], half, [source]);
      return Make.fromGpuBuffer(half, { dataType: 'float16', dims: tensor.dims });
    }
    const data = cpuData(tensor);
    if (data instanceof Float32Array) {
      if (port.type === 'float32') return new Make('float32', data, tensor.dims);
      if (port.type === 'float16') return new Make('float16', toHalf(data), tensor.dims);
    } else if (data instanceof BigInt64Array) {
      if (port.type === 'int64') return new Make('int64', data, tensor.dims);
      if (port.type === 'int32') return new Make('int32', Int32Array.from(data, Number), tensor.dims);
    } else if (data instanceof Int32Array) {
      if (port.type === 'int32') return new Make('int32', data, tensor.dims);
      if (port.type === 'int64') return new Make('int64', BigInt64Array.from(data, BigInt), tensor.dims);
    } else if (port.type === 'uint8') return new Make('uint8', data, tensor.dims);
    throw wrongType(this.name, port, tensor);
  }

  #take(result: OrtTensor, ops: TensorOps): Tensor {
    const { gpu, ledger } = this.host;
    if (ops instanceof GpuOps && gpu !== undefined) {
      if (result.location !== 'gpu-buffer') {
        const data = arrayOf(result);
        return ops.from(data, result.dims);
      }
      if (result.type === 'float32') {
        this.#kept.add(result);
        return ops.adopt(new GpuTensor(gpu, result.gpuBuffer, [...result.dims], () => result.dispose()));
      }
      if (result.type !== 'float16')
        throw new LoomError('unsupported', `${this.name} gives ${result.type} on the GPU.`);
      const count = elementCount(result.dims);
      const buffer = gpu.buffer(count * 4);
      const tensor = ops.adopt(new GpuTensor(gpu, buffer, [...result.dims], () => gpu.recycle(buffer)));
      gpu.dispatch(fromHalfKernel, count, [], buffer, [result.gpuBuffer]);
      return tensor;
    }
    if (ops instanceof CpuOps) return ops.adopt(new CpuTensor(arrayOf(result), [...result.dims], ledger));
    throw new LoomError('bad-input', 'These ops are not of the backend that the session runs on.');
  }
}

/** CPU contents as an array of ours; half precision becomes float32. */
function arrayOf(result: OrtTensor): TensorData {
  const { data } = result;
  if (data instanceof Float32Array || data instanceof Int32Array || data instanceof BigInt64Array)
    return data;
  if (result.type === 'float16' && ArrayBuffer.isView(data))
    return fromHalf(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2));
  if (data instanceof Uint8Array) return data;
  throw new LoomError('unsupported', `A network gave ${result.type}, which no node takes.`);
}

function wrongType(session: string, port: SessionPort, tensor: Tensor): LoomError {
  return new LoomError('bad-input', `${session}: "${port.name}" takes ${port.type}, not ${tensor.dtype}.`);
}

/** What onnxruntime threw, as an error of ours. */
export function failure(session: string, thrown: unknown): LoomError {
  if (thrown instanceof LoomError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (/out of memory|bad_alloc|failed to allocate|memory access out of bounds/iu.test(message))
    return new LoomError(
      'out-of-memory',
      `${session}: there is not enough memory (${message}).`,
      {},
      {
        cause: thrown,
        fix: 'Choose a smaller picture or batch, or close other pages.',
      },
    );
  return new LoomError('session-failed', `${session} failed: ${message}`, {}, { cause: thrown });
}
