/** The browser's backend: WebGPU where there is an adapter, else wasm with SIMD and threads. */
import type { Backend } from '../types';
import { Kernels } from '../webgpu/device';
import { passesSelfTest } from '../webgpu/self-test';
import { chooseBackend, isSoftware, type BackendChoice } from './choice';
import { backendOn, configure } from './ort-backend';

export type { BackendChoice } from './choice';

/**
 * Chooses a backend and says in `info` why not a better one. Throws
 * `unsupported` when `prefer: 'webgpu'` cannot be had.
 */
export async function createBackend(choice: BackendChoice = {}): Promise<Backend> {
  const chosen = await chooseBackend(choice);
  const { info } = chosen;
  if (chosen.kind === 'wasm')
    return backendOn(
      async () => {
        const ort = await import('onnxruntime-web/wasm');
        configure(ort, chosen.threads, choice.wasmPaths);
        return ort;
      },
      { info },
    );
  const { adapter } = chosen;
  const device = await adapter.requestDevice({
    requiredFeatures: featuresOf(adapter),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  const load = async () => {
    const ort =
      info.streams === true ? await import('onnxruntime-web/jspi') : await import('onnxruntime-web/webgpu');
    configure(ort, choice.threads ?? 1, choice.wasmPaths);
    return ort;
  };
  // A software adapter compiles and runs unrolled kernels so slowly that they are not its default.
  const wanted = choice.kernels ?? (isSoftware(adapter) ? 'onnxruntime' : 'own');
  if (wanted === 'onnxruntime') return backendOn(load, { device, info });
  const kernels = new Kernels(device);
  // Not waited for: it runs while weights are fetched, and the first network waits for it.
  return backendOn(load, { device, info, own: { kernels, tested: passesSelfTest(kernels) } });
}

/**
 * Features that onnxruntime's kernels use where they exist. Not subgroups of fewer than 8 invocations (SwiftShader: 4): its
 * fused attention is written for 8 and more and computes something else on those; without the feature it takes another way.
 */
function featuresOf({ features, info }: GPUAdapter): GPUFeatureName[] {
  const found: GPUFeatureName[] = features.has('shader-f16') ? ['shader-f16'] : [];
  if (features.has('subgroups') && info.subgroupMinSize >= 8) found.push('subgroups');
  return found;
}
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
