/** The browser's backend: WebGPU where there is an adapter, else wasm with SIMD and threads. */
import type { Backend, BackendInfo } from '../types';
import { backendOn, configure, noWebGpu, wasmInfo, type BackendChoice } from './ort-backend';

export type { BackendChoice } from './ort-backend';

type Limit = BackendInfo['limits'][number];

/**
 * Chooses a backend and says in `info` why not a better one. Throws
 * `unsupported` when `prefer: 'webgpu'` cannot be had.
 */
export async function createBackend(choice: BackendChoice = {}): Promise<Backend> {
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
    else return onWebGpu(choice, adapter);
  }
  return onWasm(choice, limits);
}

async function findAdapter(): Promise<GPUAdapter | 'no-webgpu' | 'no-adapter'> {
  // Absent in browsers without WebGPU, whatever the types say.
  if (typeof navigator === 'undefined' || !('gpu' in navigator)) return 'no-webgpu';
  const adapter = await navigator.gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null);
  return adapter ?? 'no-adapter';
}

function isSoftware({ info }: GPUAdapter): boolean {
  return (
    info.isFallbackAdapter ||
    info.architecture === 'swiftshader' ||
    /swiftshader|llvmpipe/iu.test(info.description)
  );
}

/** Features that onnxruntime's kernels use where they exist. */
const FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups'];
/** Limits that networks run into at their defaults. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

async function onWebGpu(choice: BackendChoice, adapter: GPUAdapter): Promise<Backend> {
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  const ort = await import('onnxruntime-web/webgpu');
  configure(ort, choice.threads ?? 1, choice.wasmPaths);
  const limits: Limit[] = [];
  const half = device.features.has('shader-f16');
  if (!half) limits.push('no-shader-f16');
  else if (choice.precision === 'fp32') limits.push('forced');
  const { vendor, architecture, description } = adapter.info;
  const named = [vendor, architecture, description].filter((part) => part !== '').join(' ');
  return backendOn(ort, {
    device,
    info: {
      kind: 'webgpu',
      precision: half && choice.precision !== 'fp32' ? 'fp16' : 'fp32',
      device: named === '' ? 'unnamed adapter' : named,
      limits,
    },
  });
}

async function onWasm(choice: BackendChoice, limits: Limit[]): Promise<Backend> {
  const threaded = typeof crossOriginIsolated === 'undefined' || crossOriginIsolated;
  if (!threaded) limits.push('no-threads');
  const threads = threaded ? (choice.threads ?? Math.max(1, Math.min(8, navigator.hardwareConcurrency))) : 1;
  const ort = await import('onnxruntime-web/wasm');
  configure(ort, threads, choice.wasmPaths);
  return backendOn(ort, { info: wasmInfo(choice, threads, limits) });
}
