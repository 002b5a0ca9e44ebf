/** Chooses what computes, before anything of onnxruntime is fetched: the page shows the choice at once. */
import { LoomError, type BackendInfo } from '../types';

/** What a person or a place may choose. */
export interface BackendChoice {
  /** `auto`: WebGPU where there is a real adapter, else wasm. */
  readonly prefer?: 'auto' | 'webgpu' | 'wasm';
  /** `auto`: fp16 on WebGPU with `shader-f16`, else fp32. */
  readonly precision?: 'auto' | 'fp16' | 'fp32';
  /**
   * What runs networks on WebGPU: kernels of our own where a network is described and they pass their self-test,
   * else onnxruntime (default, but on software adapters); or onnxruntime alone.
   */
  readonly kernels?: 'own' | 'onnxruntime';
  /** Where onnxruntime's wasm files are served, e.g. `/ort/`. Default: beside the script (Node: node_modules). */
  readonly wasmPaths?: string;
  /** Threads of the wasm build. Default: the cores there are, at most 8. */
  readonly threads?: number;
}

type Limit = BackendInfo['limits'][number];

/** What will compute: an adapter for WebGPU, or a number of wasm threads. */
export type Chosen =
  | { readonly kind: 'webgpu'; readonly adapter: GPUAdapter; readonly info: BackendInfo }
  | { readonly kind: 'wasm'; readonly threads: number; readonly info: BackendInfo };

/**
 * Chooses a backend and says in `info` why not a better one.
 * @throws LoomError `unsupported` when `prefer: 'webgpu'` cannot be had
 */
export async function chooseBackend(choice: BackendChoice = {}): Promise<Chosen> {
  const { prefer = 'auto' } = choice;
  const limits: Limit[] = [];
  if (prefer === 'wasm') limits.push('forced');
  else {
    const adapter = await findAdapter();
    if (typeof adapter === 'string') {
      if (prefer === 'webgpu')
        throw noWebGpu(adapter === 'no-webgpu' ? 'this browser has none' : 'it offers no adapter');
      limits.push(adapter);
    } else if (prefer === 'auto' && isSoftware(adapter)) limits.push('software-adapter');
    else return { kind: 'webgpu', adapter, info: webGpuInfo(choice, adapter) };
  }
  const threaded = typeof crossOriginIsolated === 'undefined' || crossOriginIsolated;
  if (!threaded) limits.push('no-threads');
  const threads = threaded ? (choice.threads ?? Math.max(1, Math.min(8, navigator.hardwareConcurrency))) : 1;
  return { kind: 'wasm', threads, info: wasmInfo(choice, threads, limits) };
}

async function findAdapter(): Promise<GPUAdapter | 'no-webgpu' | 'no-adapter'> {
  // Absent in browsers without WebGPU, whatever the types say.
  if (typeof navigator === 'undefined' || !('gpu' in navigator)) return 'no-webgpu';
  const adapter = await navigator.gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null);
  return adapter ?? 'no-adapter';
}

/** Whether an adapter computes on the CPU. */
export function isSoftware({ info }: GPUAdapter): boolean {
  return (
    info.isFallbackAdapter ||
    info.architecture === 'swiftshader' ||
    /swiftshader|llvmpipe/iu.test(info.description)
  );
}

function webGpuInfo(choice: BackendChoice, adapter: GPUAdapter): BackendInfo {
  const half = adapter.features.has('shader-f16');
  const limits: Limit[] = [];
  if (!half) limits.push('no-shader-f16');
  else if (choice.precision === 'fp32') limits.push('forced');
  const { vendor, architecture, description } = adapter.info;
  const named = [vendor, architecture, description].filter((part) => part !== '').join(' ');
  return {
    kind: 'webgpu',
    precision: half && choice.precision !== 'fp32' ? 'fp16' : 'fp32',
    device: named === '' ? 'unnamed adapter' : named,
    half,
    // The build for browsers with JSPI is 10 MB smaller, and it alone reads a file's tensors one by one.
    ...('Suspending' in WebAssembly && { streams: true }),
    ...reportedMemory(),
    limits,
  };
}

/** wasm's precision: fp32, unless half is asked for (slower there; for measuring). */
export function wasmInfo(
  choice: BackendChoice,
  threads: number,
  limits: BackendInfo['limits'],
  memory: Pick<BackendInfo, 'memory'> = reportedMemory(),
): BackendInfo {
  return {
    kind: 'wasm',
    precision: choice.precision === 'fp16' ? 'fp16' : 'fp32',
    device: threads === 1 ? '1 thread' : `${threads} threads`,
    ...memory,
    limits,
  };
}

/**
 * What the browser says of the machine's memory, in GiB rounded to a power of two
 * (Device Memory API; not in every browser). WebGPU says nothing of its own.
 */
function reportedMemory(): Pick<BackendInfo, 'memory'> {
  if (typeof navigator === 'undefined' || !('deviceMemory' in navigator)) return {};
  const { deviceMemory } = navigator;
  return typeof deviceMemory === 'number' ? { memory: deviceMemory * 2 ** 30 } : {};
}

/** For where `prefer: 'webgpu'` cannot be had. */
export function noWebGpu(reason: string): LoomError {
  return new LoomError(
    'unsupported',
    `WebGPU was asked for, but ${reason}.`,
    {},
    {
      fix: 'Choose wasm, or open this in a browser with WebGPU.',
    },
  );
}
