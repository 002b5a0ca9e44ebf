/** Node's backend: onnxruntime-web's wasm build with SIMD and threads. Never imported by the browser. */
import { availableParallelism, totalmem } from 'node:os';
import type { Backend } from '../types';
import { noWebGpu, wasmInfo, type BackendChoice } from './choice';
import { backendOn, configure } from './ort-backend';

export type { BackendChoice } from './choice';

/** As the browser's `createBackend`; Node has no WebGPU. Throws `unsupported` for `prefer: 'webgpu'`. */
export async function createBackend(choice: BackendChoice = {}): Promise<Backend> {
  if (choice.prefer === 'webgpu') throw noWebGpu('Node has none');
  const threads = choice.threads ?? Math.max(1, Math.min(8, availableParallelism()));
  const load = async () => {
    const ort = await import('onnxruntime-web');
    configure(ort, threads, choice.wasmPaths);
    return ort;
  };
  return backendOn(load, {
    info: wasmInfo(choice, threads, [choice.prefer === 'wasm' ? 'forced' : 'no-webgpu'], {
      memory: totalmem(),
    }),
  });
}
