/** A run that will take more than the device reports, said before it starts. */
import type { BackendInfo } from '../types/backend';
import type { Diagnostic } from '../types/diagnostics';
import type { Inference } from '../infer/inference';
import type { MemoryPlan } from './memory-types';
import { nodeName } from '../infer/wording';

/** wasm addresses memory with 32 bits. */
const wasmLimit = 2 ** 32;

/** One warning, or none. What a device does not report is not compared. */
export function memoryWarnings(
  memory: MemoryPlan,
  device: Pick<BackendInfo, 'kind' | 'memory'> | undefined,
  inference: Pick<Inference, 'nodes'>,
): readonly Diagnostic[] {
  const { at, peak, onDevice } = memory;
  if (!device || at === undefined) return [];
  const overWasm = device.kind === 'wasm' && onDevice > wasmLimit;
  const taken = overWasm ? onDevice : peak;
  const limit = overWasm ? wasmLimit : device.memory;
  if (limit === undefined || taken <= limit) return [];
  const [got, want] = [size(taken), size(limit)];
  const name = nodeName(at, inference.nodes.get(at)?.definition?.title);
  const has = overWasm ? 'wasm can address' : 'this device has';
  return [
    {
      code: 'memory-short',
      severity: 'warning',
      node: at,
      got,
      want,
      message: `This run will take about ${got} of memory at ${name}; ${has} ${want}. Choose a smaller picture or batch.`,
    },
  ];
}

const size = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
