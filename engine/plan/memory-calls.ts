/** Which networks a step calls. Knows kinds of ports, no nodes: a network is called where its value ends up. */
import type { NetworkName } from '../types/model';
import type { PortKind } from '../types/kinds';
import type { PortType } from '../types/port';
import { evaluationsOf, packagesOf } from '../infer/call-node';
import type { PlanStep } from './plan-types';

/** A network on an edge: whose it is, and how often its batch is repeated in one call. */
export interface Network {
  readonly package: string;
  readonly kind: PortKind;
  readonly evaluations: number;
}
/** Networks by `<step>.<port>`. */
type Networks = ReadonlyMap<string, Network>;
type Outputs = ReadonlyMap<string, Readonly<Record<string, PortType>>>;

/** One call on `pictures` of `cells` latent cells each, undefined when only the run will tell; prompts count as one cell. */
export interface NetworkCall {
  readonly network: Network;
  readonly name: NetworkName;
  readonly pictures: number;
  readonly cells: number | undefined;
}

const networkKinds: ReadonlySet<PortKind> = new Set(['unet', 'first-stage', 'conditioner', 'denoiser']);

/** The networks that a step loads or calls. */
export function callsOf(step: PlanStep, outputs: Outputs, networks: Networks): NetworkCall[] {
  const made = Object.values(step.outputs);
  const makes = (kind: PortKind): boolean => made.some((type) => type.kind === kind);
  const given = givenTo(step, outputs);
  const calls: NetworkCall[] = [];
  for (const { step: source, port } of Object.values(step.inputs)) {
    const network = networks.get(`${source}.${port}`);
    if (!network) continue;
    switch (network.kind) {
      case 'denoiser': {
        const { pictures, cells } = batchOf([...made, ...given]);
        calls.push({ network, name: 'unet', pictures: pictures * network.evaluations, cells });
        break;
      }
      case 'unet':
        // A denoiser is loaded when it is made, and takes the null prompt then.
        if (makes('denoiser'))
          calls.push(
            { network, name: 'unet', pictures: 0, cells: 0 },
            { network, name: 'text', pictures: 1, cells: 1 },
          );
        break;
      case 'conditioner':
        if (made.some(hasText)) calls.push({ network, name: 'text', pictures: 1, cells: 1 });
        break;
      case 'first-stage':
        if (makes('image')) calls.push({ network, name: 'decoder', ...batchOf([...given, ...made]) });
        else if (given.some(({ kind }) => kind === 'image'))
          calls.push({ network, name: 'encoder', ...batchOf([...made, ...given]) });
        break;
      default:
    }
  }
  return calls;
}

/** The networks that a step puts out, by port: its own package's, or the one that it was given. */
export function networksOut(step: PlanStep, networks: Networks): (readonly [port: string, Network])[] {
  return Object.entries(step.outputs).flatMap(([port, { kind }]) => {
    const network = networkKinds.has(kind) ? networkOf(step, kind, networks) : undefined;
    return network ? [[port, network] as const] : [];
  });
}

function networkOf(step: PlanStep, kind: PortKind, networks: Networks): Network | undefined {
  const [own] = packagesOf(step.definition, step.params);
  if (own !== undefined) return { package: own, kind, evaluations: 1 };
  for (const { step: source, port } of Object.values(step.inputs)) {
    const given = networks.get(`${source}.${port}`);
    if (given?.kind === kind) return given;
    if (kind === 'denoiser' && given?.kind === 'unet')
      return { ...given, kind, evaluations: evaluationsOf(step.definition, step.params) };
  }
  return undefined;
}

const givenTo = (step: PlanStep, outputs: Outputs): PortType[] =>
  Object.values(step.inputs).flatMap(({ step: source, port }) => outputs.get(source)?.[port] ?? []);

function hasText({ kind, fields }: PortType): boolean {
  const { parts } = fields;
  if (kind !== 'conditioning' || typeof parts !== 'object') return false;
  return 'set' in parts && parts.set.includes('text');
}

/** Pictures and their cells, of the first latent or noise that says its size; without one the first known batch. */
function batchOf(types: readonly PortType[]): Pick<NetworkCall, 'pictures' | 'cells'> {
  for (const { kind, fields } of types) {
    if (kind !== 'latent' && kind !== 'noise') continue;
    const { batch, height, width } = fields;
    if (typeof batch === 'number' && typeof height === 'number' && typeof width === 'number')
      return { pictures: batch, cells: height * width };
  }
  for (const { kind, fields } of types)
    if ((kind === 'latent' || kind === 'noise' || kind === 'image') && typeof fields.batch === 'number')
      return { pictures: fields.batch, cells: undefined };
  return { pictures: 1, cells: undefined };
}
