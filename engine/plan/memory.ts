/**
 * How much memory a run will hold, before it starts: weights of the networks it
 * calls (resident from their first call on), the values it makes (the cache
 * keeps them), and what the work under way takes besides.
 *
 * Measured by `tests/bench/memory.ts`; what each part rests on stands where it is added up.
 */
import type { BackendInfo } from '../types/backend';
import type { Catalog, NetworkMemory } from '../types/node';
import { callsOf, networksOut, type Network } from './memory-calls';
import { activationsOf } from './memory-network';
import type { MemoryPlan, MemoryStep, PlannedNetwork } from './memory-types';
import { bytesOf, ownSizeOf } from './memory-values';
import type { PlanStep } from './plan-types';

type Device = Pick<BackendInfo, 'kind' | 'precision'>;

/** onnxruntime's wasm in its linear memory before it has any network (1.30, measured); its code lies elsewhere. */
export const runtimeBytes = 4.85e6;

/** The estimate for steps in their order. Without `device` what wasm in single precision takes. */
export function memoryPlan(
  steps: readonly PlanStep[],
  catalog: Catalog,
  device: Device = { kind: 'wasm', precision: 'fp32' },
): MemoryPlan {
  const networks = new Map<string, Network>();
  const loaded = new Map<string, PlannedNetwork>();
  const outputs = new Map(steps.map((step) => [step.key, step.outputs]));
  const list: MemoryStep[] = [];
  const own = ownSizeOf(steps, catalog, device);
  let complete = true;
  let values = 0;
  let weights = 0;
  for (const step of steps) {
    let [activations, loading, packing, made] = [0, 0, 0, 0];
    for (const call of callsOf(step, outputs, networks)) {
      const { network, name } = call;
      const facts: NetworkMemory | undefined = catalog.memory?.(network.package, device)?.[name];
      if (!facts || call.cells === undefined) complete = false;
      const id = `${network.package}/${name}`;
      const first = !loaded.has(id);
      if (first) loaded.set(id, { package: network.package, name, step: step.key });
      if (!facts) continue;
      if (first) {
        weights += facts.weights;
        loading = Math.max(loading, facts.loading);
        packing = Math.max(packing, facts.session);
      }
      activations = Math.max(activations, activationsOf(facts, call));
    }
    for (const type of Object.values(step.outputs)) {
      const { bytes, known } = bytesOf(type, own);
      if (!known) complete = false;
      made += bytes;
    }
    values += made;
    for (const [port, network] of networksOut(step, networks)) networks.set(`${step.key}.${port}`, network);
    const { key, refs } = step;
    list.push({ step: key, node: refs[0].node, weights, values, activations, loading, packing, made });
  }
  const { peak, onDevice, at } = device.kind === 'wasm' ? onWasm(list, loaded.size > 0) : onGpu(list);
  return {
    peak,
    onDevice,
    weights,
    networks: [...loaded.values()],
    steps: list,
    complete,
    ...(at === undefined ? {} : { at }),
  };
}

type Peak = Pick<MemoryPlan, 'peak' | 'onDevice' | 'at'>;

/** The highest of both over the steps; `take` says what one step takes in all and on the device. */
function highest(list: readonly MemoryStep[], take: (step: MemoryStep) => Omit<Peak, 'at'>): Peak {
  let best: Peak = { peak: 0, onDevice: 0 };
  for (const step of list) {
    const { peak, onDevice } = take(step);
    best = { ...best, onDevice: Math.max(best.onDevice, onDevice) };
    if (peak > best.peak) best = { ...best, peak, at: step.node };
  }
  return best;
}

/**
 * Linear memory never shrinks: what a call gave back stays with the process, for later
 * weights and calls to use. Beside it, in JavaScript, lie the values; while a network is loaded,
 * what that takes; and after a call the step's outputs once more (the array that came out of the
 * network, or that the tensor was copied from). What loading took may still wait for the collector
 * during the first call; that is not counted, as nothing that waits for it is.
 */
function onWasm(list: readonly MemoryStep[], networks: boolean): Peak {
  const runtime = networks ? runtimeBytes : 0;
  let linear = 0;
  return highest(list, ({ weights, packing, activations, values, made, loading }) => {
    linear = Math.max(linear, runtime + weights + packing);
    const load = linear + values - made + loading;
    linear = Math.max(linear, runtime + weights + activations);
    return { peak: Math.max(load, linear + values + made), onDevice: linear };
  });
}

/** Values lie on the GPU. Not measured: browsers do not tell what a GPU holds. */
function onGpu(list: readonly MemoryStep[]): Peak {
  return highest(list, ({ weights, activations, values, loading }) => ({
    peak: weights + values + Math.max(activations, loading),
    onDevice: weights + activations + values,
  }));
}
