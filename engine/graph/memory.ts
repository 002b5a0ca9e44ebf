/**
 * How much memory a run will hold, before it starts: weights of the networks it
 * calls (resident from their first call on), the values it makes (the cache
 * keeps them), and the working memory of the call or the loading under way.
 */
import type { BackendInfo } from '../types/backend';
import type { Catalog, NetworkMemory } from '../types/node';
import type { PortType } from '../types/port';
import { callsOf, networksOut, type Network } from './memory-calls';
import type { MemoryPlan, MemoryStep, PlannedNetwork } from './memory-types';
import type { PlanStep } from './plan-types';

type Device = Pick<BackendInfo, 'kind' | 'precision'>;

/** onnxruntime's wasm in its linear memory before it has any network (1.30, measured); its code lies elsewhere. */
const runtimeBytes = 4.85e6;

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
  let complete = true;
  let values = 0;
  let weights = 0;
  for (const step of steps) {
    let [activations, loading] = [0, 0];
    for (const { network, name, cells, repeats } of callsOf(step, outputs, networks)) {
      const facts: NetworkMemory | undefined = catalog.memory?.(network.package, device)?.[name];
      if (!facts || cells === undefined) complete = false;
      const id = `${network.package}/${name}`;
      const first = !loaded.has(id);
      if (first) loaded.set(id, { package: network.package, name, step: step.key });
      if (!facts) continue;
      if (first) {
        weights += facts.weights;
        loading = Math.max(loading, facts.loading);
      }
      activations = Math.max(activations, facts.fixed + facts.perCell * (cells ?? facts.cells * repeats));
    }
    for (const type of Object.values(step.outputs)) {
      const bytes = bytesOf(type);
      if (bytes === undefined) complete = false;
      values += bytes ?? 0;
    }
    for (const [port, network] of networksOut(step, networks)) networks.set(`${step.key}.${port}`, network);
    list.push({ step: step.key, node: step.refs[0].node, weights, values, activations, loading });
  }
  const runtime = device.kind === 'wasm' && loaded.size > 0 ? runtimeBytes : 0;
  let [peak, onDevice] = [0, 0];
  let at: string | undefined;
  for (const step of list) {
    const total = runtime + step.weights + step.values + Math.max(step.activations, step.loading);
    const there = device.kind === 'webgpu' ? step.values : 0;
    onDevice = Math.max(onDevice, runtime + step.weights + step.activations + there);
    if (total <= peak) continue;
    peak = total;
    at = step.node;
  }
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

/** Bytes of a value of this type; 0 for kinds that hold next to nothing; undefined when a size is not known. */
function bytesOf({ kind, fields }: PortType): number | undefined {
  const channels = {
    image: 3,
    mask: 1,
    latent: fields.channels,
    noise: fields.channels,
    codes: 1,
    'semantic-map': 0.25,
  };
  if (!Object.hasOwn(channels, kind)) return 0;
  const depth = channels[kind as keyof typeof channels];
  const sizes = [depth, kind === 'semantic-map' ? 1 : fields.batch, fields.height, fields.width];
  return sizes.reduce<number | undefined>(
    (product, size) => (typeof size === 'number' && product !== undefined ? product * size : undefined),
    4,
  );
}
