/**
 * How much memory a run will hold, before it starts: weights of the networks it
 * calls (resident from their first call on), the values it makes (the cache
 * keeps them), and the working memory of the call under way. Knows kinds of
 * ports, no nodes: a network is called where its value ends up.
 */
import type { BackendInfo } from '../types/backend';
import type { Catalog, NetworkMemory } from '../types/node';
import type { PortKind, PortType } from '../types/port';
import { evaluationsOf, packagesOf } from './call-node';
import type { MemoryPlan, MemoryStep } from './memory-types';
import type { PlanStep } from './plan-types';

type Device = Pick<BackendInfo, 'kind' | 'precision'>;

/** A network on a wire: whose it is, and how often its batch is repeated in one call. */
interface Network {
  readonly package: string;
  readonly role: string;
  readonly evaluations: number;
}

/** The kind at whose consumers a network of this role is called. */
const calledAs: Readonly<Partial<Record<PortKind, string>>> = {
  denoiser: 'unet',
  'first-stage': 'first-stage',
  conditioner: 'conditioner',
};
const networkKinds: ReadonlySet<PortKind> = new Set(['unet', 'first-stage', 'conditioner', 'denoiser']);

/** The estimate for steps in their order. Without `device` what wasm in single precision takes. */
export function memoryPlan(
  steps: readonly PlanStep[],
  catalog: Catalog,
  device: Device = { kind: 'wasm', precision: 'fp32' },
): MemoryPlan {
  const networks = new Map<string, Network>();
  const loaded = new Map<string, number>();
  const outputs = new Map(steps.map((step) => [step.key, step.outputs]));
  const list: MemoryStep[] = [];
  let complete = true;
  let values = 0;
  let weights = 0;
  for (const step of steps) {
    let activations = 0;
    for (const [port, { step: source, port: output }] of Object.entries(step.inputs)) {
      const kind = step.definition.inputs[port]?.type.kind;
      const network = networks.get(`${source}.${output}`);
      if (!kind || !network || calledAs[kind] === undefined) continue;
      const facts = factsOf(catalog, network, device);
      const cells = network.role === 'conditioner' ? 1 : cellsOf(step, outputs);
      if (!facts || cells === undefined) {
        complete = false;
        if (!facts) continue;
      }
      const id = `${network.package}/${network.role}`;
      if (!loaded.has(id)) {
        loaded.set(id, facts.weights);
        weights += facts.weights;
      }
      activations = Math.max(activations, facts.fixed + facts.perCell * (cells ?? 0) * network.evaluations);
    }
    for (const [port, type] of Object.entries(step.outputs)) {
      const bytes = bytesOf(type);
      if (bytes === undefined) complete = false;
      values += bytes ?? 0;
      const network = networkKinds.has(type.kind) ? networkOf(step, type.kind, networks) : undefined;
      if (network) networks.set(`${step.key}.${port}`, network);
    }
    list.push({ step: step.key, node: step.refs[0].node, weights, values, activations });
  }
  let peak = 0;
  let at: string | undefined;
  for (const step of list) {
    const total = step.weights + step.values + step.activations;
    if (total <= peak) continue;
    peak = total;
    at = step.node;
  }
  return { peak, weights, steps: list, complete, ...(at === undefined ? {} : { at }) };
}

function factsOf(catalog: Catalog, network: Network, device: Device): NetworkMemory | undefined {
  return catalog.memory?.(network.package, device)?.[network.role];
}

/** The network that a step puts out: its own package's, or the one that it was given. */
function networkOf(
  step: PlanStep,
  kind: PortKind,
  networks: ReadonlyMap<string, Network>,
): Network | undefined {
  const [own] = packagesOf(step.definition, step.params);
  const role = kind === 'denoiser' ? 'unet' : kind;
  if (own !== undefined) return { package: own, role, evaluations: 1 };
  for (const { step: source, port } of Object.values(step.inputs)) {
    const given = networks.get(`${source}.${port}`);
    if (given?.role !== role) continue;
    const times = kind === 'denoiser' ? evaluationsOf(step.definition, step.params) : 1;
    return { ...given, evaluations: given.evaluations * times };
  }
  return undefined;
}

/** Latent cells (times batch) that a step works on: of any latent or noise among its ports. */
function cellsOf(
  step: PlanStep,
  outputs: ReadonlyMap<string, Readonly<Record<string, PortType>>>,
): number | undefined {
  const given = Object.values(step.inputs).flatMap(
    ({ step: source, port }) => outputs.get(source)?.[port] ?? [],
  );
  for (const { kind, fields } of [...Object.values(step.outputs), ...given]) {
    if (kind !== 'latent' && kind !== 'noise') continue;
    const { batch, height, width } = fields;
    if (typeof batch === 'number' && typeof height === 'number' && typeof width === 'number')
      return batch * height * width;
  }
  return undefined;
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
