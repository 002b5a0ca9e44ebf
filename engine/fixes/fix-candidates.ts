/**
 * Candidates for fixes, found by port types alone: no node is known by name
 * here. What comes out is only likely; `fixes.ts` tries each on the document.
 */
import type { QuickFix } from '../types/diagnostics';
import type { AnyNode } from '../types/node';
import type { PortType } from '../types/port';
import { defaultParams, refinedPorts } from '../infer/call-node';
import type { Endpoint } from '../graph/flat-graph';
import type { Inference } from '../infer/inference';
import { levelOf } from '../graph/levels';
import { getOwn } from '../types/get-own';
import { resolvePorts, settleRest, solvePorts } from '../solver/solve-ports';
import { descendantsOf } from '../graph/descendants';
import { phraseOf } from '../infer/wording';

/** An output that exists in the graph. */
export interface Source {
  readonly at: Endpoint;
  readonly type: PortType;
}
type Link = Extract<QuickFix, { kind: 'insert' }>['chain'][number];

/** Sources considered for one input of an inserted node, and chains given at most. */
const maxSources = 6;
const maxChains = 4;

/** An edge that does not fit, and how to tell what would. */
export interface Misfit {
  readonly source: Source;
  /** The plain node and input that refuse it, and what they want. */
  readonly target: Endpoint;
  readonly want: PortType;
  readonly field: string;
  /** Whether a type would be taken there, the field at fault decided. */
  readonly fits: (type: PortType) => boolean;
}

/** The misfit at `target`, given what else is connected to it. */
export function misfitOf(
  inference: Inference,
  source: Source,
  target: Endpoint,
  field: string,
): Misfit | undefined {
  const info = inference.nodes.get(target.node);
  if (!info) return undefined;
  const { inputs: declared, equations } = info.declared;
  const others = Object.entries(info.sources).flatMap(([port, at]): [string, PortType][] => {
    const type =
      port === target.port ? undefined : getOwn(inference.nodes.get(at.node)?.outputs ?? {}, at.port);
    return type ? [[port, type]] : [];
  });
  const alone = solvePorts(declared, others, new Map(), equations);
  const want = getOwn(resolvePorts(declared, alone.solution, target.node), target.port);
  if (!want) return undefined;
  return {
    source,
    target,
    want,
    field,
    fits(type) {
      const { mismatches, unsolved } = solvePorts(
        declared,
        [...others, [target.port, type]],
        new Map(),
        equations,
      );
      const open = unsolved.some(({ port, field: at }) => port === target.port && at === field);
      return (
        !open &&
        !mismatches.some(({ port }) => port === target.port) &&
        (field === 'kind' || field in type.fields)
      );
    },
  };
}

/** Every output of one kind on the level of `near` that `near` does not lead to. */
export function sourcesOf(inference: Inference, kind: PortType['kind'], near: Endpoint): Source[] {
  const prefix = levelOf(inference.document, near.node)?.prefix;
  const found: Source[] = [];
  const after = descendantsOf(inference, near.node);
  for (const info of inference.nodes.values()) {
    if (
      info.state === 'muted' ||
      info.state === 'bypass' ||
      levelPrefix(info.id) !== prefix ||
      after.has(info.id)
    )
      continue;
    for (const [port, type] of Object.entries(info.outputs))
      if (type.kind === kind) found.push({ at: { node: info.id, port }, type });
  }
  return found;
}

const levelPrefix = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** A node as it would stand on the edge: its link and what it would put out. */
interface Placed {
  readonly link: Link;
  readonly output: PortType;
}

/** Every way to put a node of this type behind `type`, its other required inputs fed by sources of the graph. */
function* placements(
  inference: Inference,
  definition: AnyNode,
  type: PortType,
  misfit: Misfit,
): Iterable<Placed> {
  const defaults = defaultParams(definition);
  if (!defaults || definition.sink === true) return;
  for (const [input, port] of Object.entries(definition.inputs)) {
    if (port.type.kind !== type.kind) continue;
    const needed = Object.entries(definition.inputs).filter(
      ([name, other]) => name !== input && other.optional !== true,
    );
    for (const params of paramChoices(definition, defaults, type, misfit.want)) {
      const ports = refinedPorts(definition, params, definition.version, inference.catalog);
      for (const also of feeds(inference, needed, misfit.target)) {
        const actual: [string, PortType][] = [
          [input, type],
          ...Object.entries(also).map(([name, source]): [string, PortType] => [name, source.type]),
        ];
        const { solution, mismatches } = solvePorts(ports.inputs, actual, new Map(), ports.equations);
        if (mismatches.length > 0) continue;
        settleRest(ports, Object.fromEntries(actual), actual, solution);
        const outputs = resolvePorts(ports.outputs, solution, '+');
        for (const [output, made] of Object.entries(outputs)) {
          const feeding = Object.fromEntries(Object.entries(also).map(([name, { at }]) => [name, at]));
          const link: Link = { type: definition.id, params, input, output };
          yield { output: made, link: needed.length > 0 ? { ...link, also: feeding } : link };
        }
      }
    }
  }
}

/**
 * Defaults; and with parameters that are named like a wanted size set to it (a resize's width and height),
 * as it stands and in pixels, where the size is counted in cells of `factor` pixels. Where a multiple is wanted, to
 * the largest one in what is given.
 */
function paramChoices(
  definition: AnyNode,
  defaults: Link['params'],
  given: PortType,
  want: PortType,
): Link['params'][] {
  const { factor } = want.fields;
  const { shape } = definition.params;
  const inPixels = typeof factor === 'number' && ('height' in shape || 'width' in shape);
  const units = inPixels ? [1, factor] : [1];
  const sized = units.flatMap((unit) => {
    const params: Record<string, unknown> = { ...defaults };
    let changed = false;
    for (const [field, size] of [...wantedSizes(want), ...multiplesIn(given, want)]) {
      if (!Object.hasOwn(shape, field)) continue;
      // A batch or a factor is a count, not a length.
      params[field] = field === 'height' || field === 'width' ? size * unit : size;
      changed = true;
    }
    return changed && definition.params.safeParse(params).success ? [params] : [];
  });
  return [...sized, defaults];
}

/** The sizes that a type asks for; of a batch that is broadcast, the one that it is broadcast to. */
export function wantedSizes({ fields }: PortType): (readonly [field: string, size: number])[] {
  return Object.entries(fields).flatMap(([field, expression]) => {
    const size =
      typeof expression === 'object' && 'broadcast' in expression ? expression.broadcast : expression;
    return typeof size === 'number' ? [[field, size] as const] : [];
  });
}

/** For each side of which a multiple is wanted: the largest in the given one, which a crop finds too; at least one of it. */
const multiplesIn = (given: PortType, want: PortType): (readonly [field: string, size: number])[] =>
  Object.entries(want.fields).flatMap(([field, expression]) => {
    const phrase = phraseOf(expression);
    const size = given.fields[field];
    if (phrase.is !== 'multiple' || typeof size !== 'number') return [];
    return [[field, Math.max(1, Math.floor(size / phrase.of)) * phrase.of] as const];
  });

/** Combinations of existing sources for required inputs. */
function* feeds(
  inference: Inference,
  needed: readonly (readonly [string, AnyNode['inputs'][string]])[],
  near: Endpoint,
): Iterable<Record<string, Source>> {
  const [first, ...rest] = needed;
  if (!first) {
    yield {};
    return;
  }
  const [name, { type }] = first;
  for (const source of distinct(sourcesOf(inference, type.kind, near)))
    for (const others of feeds(inference, rest, near)) yield { [name]: source, ...others };
}

/** One source of each type: two that are typed alike fix alike. */
function distinct(sources: readonly Source[]): Source[] {
  const byType = new Map<string, Source>();
  for (const source of sources) {
    const key = JSON.stringify(source.type);
    if (!byType.has(key)) byType.set(key, source);
  }
  return [...byType.values()].slice(0, maxSources);
}

/** Chains of one node that turn the source into something that fits; of two where there is none of one. */
export function chains(inference: Inference, misfit: Misfit): Link[][] {
  const all = inference.registry.all();
  const makers = all.filter(({ outputs }) =>
    Object.values(outputs).some(({ type }) => type.kind === misfit.want.kind),
  );
  const found: Link[][] = [];
  const add = (chain: Link[]): boolean => {
    found.push(chain);
    return found.length >= maxChains;
  };
  for (const definition of makers)
    for (const { link, output } of placements(inference, definition, misfit.source.type, misfit))
      if (misfit.fits(output) && add([link])) return found;
  if (found.length > 0) return found;
  const between = new Set(makers.flatMap(({ inputs }) => Object.values(inputs).map(({ type }) => type.kind)));
  for (const first of all) {
    if (!Object.values(first.outputs).some(({ type }) => between.has(type.kind))) continue;
    for (const one of placements(inference, first, misfit.source.type, misfit))
      for (const second of makers) {
        if (second === first) continue;
        for (const two of placements(inference, second, one.output, misfit))
          if (misfit.fits(two.output) && add([one.link, two.link])) return found;
      }
  }
  return found;
}

/** What the source's node would put out there were its input `port` fed by `type` instead. */
export function outputWith(
  inference: Inference,
  source: Endpoint,
  port: string,
  type: PortType,
): PortType | undefined {
  const info = inference.nodes.get(source.node);
  if (!info?.definition) return undefined;
  const actual = Object.entries(info.sources).flatMap(([name, at]): [string, PortType][] => {
    const known = name === port ? type : getOwn(inference.nodes.get(at.node)?.outputs ?? {}, at.port);
    return known ? [[name, known]] : [];
  });
  const { inputs, equations } = info.declared;
  const { solution, mismatches } = solvePorts(inputs, actual, new Map(), equations);
  return mismatches.length > 0
    ? undefined
    : getOwn(resolvePorts(info.declared.outputs, solution, source.node), source.port);
}

/** Types that have every connected input of the source's node and an output of that name that fits. */
export function replacements(inference: Inference, misfit: Misfit): string[] {
  const { source } = misfit;
  const info = inference.nodes.get(source.at.node);
  if (!info?.definition) return [];
  const connected = Object.entries(info.sources).flatMap(([name, at]): [string, PortType][] => {
    const type = getOwn(inference.nodes.get(at.node)?.outputs ?? {}, at.port);
    return type ? [[name, type]] : [];
  });
  return inference.registry.all().flatMap((definition) => {
    const params = definition === info.definition ? undefined : defaultParams(definition);
    if (!params || getOwn(definition.outputs, source.at.port)?.type.kind !== misfit.want.kind) return [];
    if (connected.some(([name, type]) => getOwn(definition.inputs, name)?.type.kind !== type.kind)) return [];
    if (
      Object.entries(definition.inputs).some(
        ([name, { optional }]) => optional !== true && !Object.hasOwn(info.sources, name),
      )
    )
      return [];
    const ports = refinedPorts(definition, params, definition.version, inference.catalog);
    const { solution, mismatches } = solvePorts(ports.inputs, connected, new Map(), ports.equations);
    settleRest(ports, info.sources, connected, solution);
    const output = getOwn(resolvePorts(ports.outputs, solution, '+'), source.at.port);
    return mismatches.length === 0 && output && misfit.fits(output) ? [definition.id] : [];
  });
}
