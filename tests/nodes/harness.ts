/** Runs one node as the executor would: parameters parsed, a CPU scope of its own, leaks counted. */
import { decode, encode } from 'fast-png';
import type { z } from 'zod';
import { createCpuBackend } from '@/engine/tensor';
import {
  LoomError,
  type ImageCodec,
  type NodeDef,
  type Outputs,
  type Inputs,
  type Ports,
  type Progress,
  type Runtime,
  type Tensor,
  type TensorOps,
  type TrajectoryStep,
  type RunContext,
} from '@/engine/types';
import { createFake, type Fake } from './fake';

export const codec: ImageCodec = {
  decode(bytes) {
    try {
      const png = decode(bytes);
      const pixels = png.width * png.height;
      const rgba = new Uint8Array(pixels * 4);
      for (let i = 0; i < pixels; i++) {
        for (let c = 0; c < 4; c++) {
          const grey = png.channels < 3;
          const from = c === 3 ? png.channels - 1 : grey ? 0 : c;
          const opaque = c === 3 && (png.channels === 1 || png.channels === 3);
          rgba[i * 4 + c] = opaque ? 255 : (png.data[i * png.channels + from] ?? 0);
        }
      }
      return Promise.resolve({ width: png.width, height: png.height, rgba });
    } catch (cause) {
      return Promise.reject(new LoomError('bad-input', 'Not a picture.', {}, { cause }));
    }
  },
  decodeIndices(bytes) {
    try {
      const png = decode(bytes);
      if (png.channels !== 1 || png.depth !== 8) throw new Error('not 8-bit indices');
      return Promise.resolve({ width: png.width, height: png.height, indices: Uint8Array.from(png.data) });
    } catch (cause) {
      return Promise.reject(new LoomError('bad-input', 'Not an indexed picture.', {}, { cause }));
    }
  },
};

/** A PNG as a data URL; data has `channels` values 0…255 a pixel. */
export function pngUrl(width: number, height: number, channels: 1 | 3 | 4, data: readonly number[]): string {
  const bytes = encode({ width, height, channels, depth: 8, data: Uint8Array.from(data) });
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
}

export const assets = {
  read(reference: string): Promise<Uint8Array> {
    const comma = reference.indexOf(',');
    if (!reference.startsWith('data:') || comma < 0) {
      return Promise.reject(new LoomError('file-missing', 'No such file.', { file: reference }));
    }
    return Promise.resolve(new Uint8Array(Buffer.from(reference.slice(comma + 1), 'base64')));
  },
};

/** A bench: one backend, one scope for inputs, a fake package. */
export function bench(fake: Fake = createFake()) {
  const backend = createCpuBackend();
  const scope = backend.scope();
  const make = scope.ops;
  const runtimeOf = (ops: TensorOps): Runtime => ({
    backend: 'wasm',
    precision: 'fp32',
    ops,
    models: fake.source,
    images: codec,
    assets,
  });
  const log = {
    progress: [] as Progress[],
    previews: [] as string[],
    steps: [] as { step: number; total: number; sigma: number; x: Float32Array; denoised: Float32Array }[],
    files: [] as { name: string; bytes: Uint8Array }[],
  };
  async function run<I extends Ports, O extends Ports, S extends z.ZodObject>(
    node: NodeDef<I, O, S>,
    inputs: Inputs<I>,
    params: z.input<S>,
    options: { signal?: AbortSignal; trace?: boolean } = {},
  ): Promise<Outputs<O>> {
    const pending: Promise<void>[] = [];
    const context: RunContext<I, O, S> = {
      inputs,
      params: node.params.parse(params),
      runtime: runtimeOf(make),
      signal: options.signal ?? new AbortController().signal,
      progress: (progress) => log.progress.push(progress),
      preview: (port) => log.previews.push(port),
      ...(options.trace && {
        trace: ({ step, total, sigma, x, denoised }: TrajectoryStep) => {
          pending.push(
            Promise.all([floats(x), floats(denoised)]).then(([a, b]) => {
              log.steps.push({ step, total, sigma, x: a, denoised: b });
            }),
          );
        },
      }),
      file: ({ name, bytes }) => log.files.push({ name, bytes }),
    };
    const outputs = await node.run(context);
    await Promise.all(pending);
    return outputs;
  }
  return { backend, scope, ops: make, fake, log, run };
}

/** A float32 tensor's values. */
export async function floats(tensor: Tensor): Promise<Float32Array> {
  const data = await tensor.read();
  if (data instanceof Float32Array) return data;
  throw new Error(`Expected float32, got ${tensor.dtype}`);
}

/** The error a promise rejects with; fails when it does not. */
export async function failure(promise: Promise<unknown>): Promise<LoomError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof LoomError) return thrown;
    throw thrown;
  }
  throw new Error('Expected a LoomError, but nothing was thrown.');
}

/** A ramp image [1, 3, h, w] in −1…1. */
export function rampImage(ops: TensorOps, height: number, width: number): Tensor {
  const data = Float32Array.from({ length: 3 * height * width }, (_, i) => Math.sin(i * 0.013));
  return ops.from(data, [1, 3, height, width]);
}
