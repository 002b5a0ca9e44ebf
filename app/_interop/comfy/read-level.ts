/**
 * One level of a graph (the workflow or a sub-graph) in one shape: nodes by id, values by widget
 * name, sockets with where they come from. Reroutes, primitives and constants are seen through here.
 */
import type { Json } from './json';
import { comfyClass } from './mapping';
import { isFolded, isMapping, isPlaceholder, type ComfyClass, type Values } from './mapping/types';
import { isObject, type WorkflowLevel, type WorkflowNode } from './workflow';

/** Where a socket's value comes from: an output of a node, or the level's own input (in a sub-graph). */
export type Source =
  | { readonly kind: 'output'; readonly node: string; readonly slot: number }
  | { readonly kind: 'boundary'; readonly slot: number };

export interface ReadSocket {
  readonly name: string;
  readonly type: string;
  /** Seen through reroutes, bypassed placeholders and what only hands on; undefined when nothing is wired. */
  readonly source: Source | undefined;
  /** Nodes that only hand on, which the wire goes through: the nearest first. */
  readonly through: readonly string[];
}

export type NodeMode = 'active' | 'mute' | 'bypass';

export interface ReadNode {
  readonly id: string;
  readonly type: string;
  /** Undefined: a class that is not in the mapping table. */
  readonly known: ComfyClass | undefined;
  readonly title: string | undefined;
  readonly pos: readonly [number, number];
  readonly size: readonly [number, number];
  readonly mode: NodeMode;
  /** Values by widget name, constants that are wired in applied. */
  readonly values: Record<string, Json>;
  /** Widgets that a wire sets to something that is only known at run time. */
  readonly driven: readonly string[];
  readonly sockets: readonly ReadSocket[];
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  /** As the file has it. */
  readonly raw: Json;
  readonly index: number;
}

export interface ReadLevel {
  readonly nodes: ReadonlyMap<string, ReadNode>;
  /** Nodes of the editor alone (reroutes, primitives, notes): kept for an export, not shown as nodes. */
  readonly virtual: readonly WorkflowNode[];
  /** What reaches the outputs of a sub-graph, by slot. */
  readonly results: ReadonlyMap<number, Source>;
  /** Links with an end that is not in the file, or that their end does not know. */
  readonly broken: readonly number[];
}

/** The ids of a sub-graph's own input and output nodes. */
const inputNode = '-10';
const outputNode = '-20';
const virtualTypes = new Set(['Reroute', 'PrimitiveNode', 'Note', 'MarkdownNote']);
/** What the editor does with a seed after a run; `true` and `false` in files of early 2023. */
const controls = new Set<Json>(['fixed', 'increment', 'decrement', 'randomize', true, false]);

export const isNote = (type: string): boolean => type === 'Note' || type === 'MarkdownNote';
/** Whether a node is one of the editor alone. */
export const isVirtual = (type: string): boolean => virtualTypes.has(type);

/** Whether the node stands here as a placeholder (or would): nothing passes through it when it is bypassed. */
const isUnmapped = (known: ComfyClass | undefined): boolean =>
  known === undefined || isPlaceholder(known.becomes);

const modeOf = (mode: number): NodeMode => (mode === 2 ? 'mute' : mode === 4 ? 'bypass' : 'active');

/**
 * Widget values by name. `widgets_values` is a list in the order of the widgets, with the editor's own
 * values between; of a class that is not known the names stand in `inputs`, in newer files.
 */
export function namedValues(node: WorkflowNode, known: ComfyClass | undefined): Record<string, Json> {
  const given = node.widgets_values;
  if (given === undefined || given === null) return {};
  if (!Array.isArray(given)) return isObject(given) ? { ...given } : {};
  const names = known ? Object.keys(known.widgets) : widgetNames(node);
  const seeds = new Set(known ? (known.seeds ?? []) : ['seed', 'noise_seed']);
  const values: Record<string, Json> = {};
  let at = 0;
  for (const name of names) {
    if (at >= given.length) break;
    const value = given[at];
    if (value !== undefined) values[name] = value;
    at += 1;
    if (seeds.has(name) && at < given.length && controls.has(given[at] ?? null)) at += 1;
  }
  return values;
}

/** The widgets that a node's own `inputs` name, in their order. */
export const widgetNames = (node: WorkflowNode): readonly string[] =>
  (node.inputs ?? []).flatMap(({ widget }) => (widget ? [widget.name] : []));

/** Reads a workflow or the inside of a sub-graph. */
export function readWorkflowLevel(level: WorkflowLevel): ReadLevel {
  const byId = new Map(level.nodes.map((node) => [String(node.id), node]));
  const links = new Map(level.links.map((link) => [link.id, link]));
  const values = new Map<string, Record<string, Json>>();
  const valuesOf = (node: WorkflowNode): Record<string, Json> => {
    const id = String(node.id);
    const found = values.get(id) ?? namedValues(node, comfyClass(node.type));
    values.set(id, found);
    return found;
  };

  /** The output behind a link, through reroutes and bypassed placeholders; stops at a cycle. */
  const ways = new Map<number, Way>();
  const wayOf = (linkId: number | null | undefined): Way => {
    if (linkId === null || linkId === undefined) return nowhere;
    const through: string[] = [];
    const way = ways.get(linkId) ?? { source: follow(linkId, through), through };
    ways.set(linkId, way);
    return way;
  };
  const sourceOf = (linkId: number | null | undefined): Source | undefined => wayOf(linkId).source;
  const follow = (linkId: number, through: string[]): Source | undefined => {
    const seen = new Set<number>();
    let at: number | null | undefined = linkId;
    while (at !== null && at !== undefined && !seen.has(at)) {
      seen.add(at);
      const link = links.get(at);
      if (!link) return undefined;
      const origin = String(link.origin);
      if (origin === inputNode) return { kind: 'boundary', slot: link.originSlot };
      const node = byId.get(origin);
      if (!node) return undefined;
      const passes = passedSocket(node, link.originSlot);
      if (node.type === 'Reroute') at = node.inputs?.[0]?.link;
      else if (passes) {
        if (modeOf(node.mode) === 'active') through.push(origin);
        at = passes.link;
      } else if (modeOf(node.mode) === 'bypass' && isUnmapped(comfyClass(node.type))) {
        const passed = passedInput(node, link.originSlot);
        if (passed === undefined) return undefined;
        at = passed;
      } else return { kind: 'output', node: origin, slot: link.originSlot };
    }
    return undefined;
  };

  const constantOf = constants((source) => {
    const node = byId.get(source.node);
    if (!node || modeOf(node.mode) !== 'active') return undefined;
    if (node.type === 'PrimitiveNode')
      return {
        own: {},
        wired: [],
        make: () => (Array.isArray(node.widgets_values) ? node.widgets_values : []),
      };
    const make = comfyClass(node.type)?.constant;
    if (!make) return undefined;
    const wired = (node.inputs ?? []).flatMap((input): readonly [string, Source | undefined][] =>
      input.link === null || input.link === undefined
        ? []
        : [[input.widget?.name ?? input.name, sourceOf(input.link)]],
    );
    return { own: valuesOf(node), wired, make };
  });

  const nodes = new Map<string, ReadNode>();
  const virtual: WorkflowNode[] = [];
  for (const node of level.nodes) {
    const id = String(node.id);
    if (nodes.has(id)) continue;
    if (isVirtual(node.type)) {
      virtual.push(node);
      continue;
    }
    const known = comfyClass(node.type);
    const own = { ...valuesOf(node) };
    const driven: string[] = [];
    const sockets: ReadSocket[] = [];
    for (const input of node.inputs ?? []) {
      const { source, through } = wayOf(input.link);
      const widget =
        input.widget?.name ?? (known && Object.hasOwn(known.widgets, input.name) ? input.name : undefined);
      const constant = constantOf(source);
      if (widget !== undefined && constant !== undefined) own[widget] = constant;
      else if (widget !== undefined && source?.kind === 'output') driven.push(widget);
      sockets.push({ name: input.name, type: input.type, source, through });
    }
    nodes.set(id, {
      id,
      type: node.type,
      known,
      title: node.title,
      pos: node.pos,
      size: node.size,
      mode: modeOf(node.mode),
      values: own,
      driven,
      sockets,
      outputs: (node.outputs ?? []).map(({ name, type }) => ({ name, type })),
      raw: node.raw,
      index: node.index,
    });
  }
  const results = new Map<number, Source>();
  for (const link of level.links) {
    if (String(link.target) !== outputNode) continue;
    const source = sourceOf(link.id);
    if (source) results.set(link.targetSlot, source);
  }
  foldInto(nodes);
  const ends = (id: string): boolean => byId.has(id) || id === inputNode || id === outputNode;
  const broken = level.links.flatMap((link) => {
    const { inputs } = byId.get(String(link.target)) ?? {};
    // A link that its own end does not know is left over from an older wire.
    const stale = inputs !== undefined && inputs[link.targetSlot]?.link !== link.id;
    return stale || !ends(String(link.origin)) || !ends(String(link.target)) ? [link.id] : [];
  });
  return { nodes, virtual, results, broken };
}

interface ConstantNode {
  readonly own: Values;
  /** Widgets that another node sets. */
  readonly wired: readonly (readonly [string, Source | undefined])[];
  readonly make: (values: Values) => readonly Json[];
}

/** Characters of a text that constants make at most: joining a text with itself doubles it. */
const longestText = 100_000;

/** The value that an output has by its node's widgets alone; undefined when it has none or is not known. */
function constants(
  read: (source: Extract<Source, { kind: 'output' }>) => ConstantNode | undefined,
): (source: Source | undefined) => Json | undefined {
  const made = new Map<string, readonly Json[] | undefined>();
  const make = (source: Source | undefined, depth: number): Json | undefined => {
    if (source?.kind !== 'output' || depth > 32) return undefined;
    if (!made.has(source.node)) {
      made.set(source.node, undefined); // a cycle has no value
      made.set(source.node, compute(read(source), depth));
    }
    return made.get(source.node)?.[source.slot];
  };
  const compute = (node: ConstantNode | undefined, depth: number): readonly Json[] | undefined => {
    if (!node) return undefined;
    const values = { ...node.own };
    for (const [name, source] of node.wired) {
      const value = make(source, depth + 1);
      if (value === undefined) return undefined;
      values[name] = value;
    }
    const results = node.make(values);
    return results.some((value) => typeof value === 'string' && value.length > longestText)
      ? undefined
      : results;
  };
  return (source) => make(source, 0);
}

/** The link that a bypassed node hands to an output: the input of that slot first, then the others, by type. */
export function passedInput(node: WorkflowNode, slot: number): number | undefined {
  const type = node.outputs?.[slot]?.type;
  const inputs = node.inputs ?? [];
  const order = [inputs[slot], ...inputs];
  for (const input of order)
    if (input && input.link !== null && input.link !== undefined && (input.type === type || type === '*'))
      return input.link;
  return undefined;
}

interface Way {
  readonly source: Source | undefined;
  readonly through: readonly string[];
}
const nowhere: Way = { source: undefined, through: [] };

/** The socket that an output of a node only hands on; undefined when it makes something. */
function passedSocket(node: WorkflowNode, slot: number) {
  const becomes = comfyClass(node.type)?.becomes;
  const name = becomes && isFolded(becomes) ? becomes.passes?.[slot] : undefined;
  return name === undefined ? undefined : node.inputs?.find((input) => input.name === name);
}

/** Adds what sampler option nodes say to the samplers that they feed, and each combined condition's share. */
function foldInto(nodes: ReadonlyMap<string, ReadNode>): void {
  const counted = new Map<string, number>();
  const entries = (source: Source | undefined, depth = 0): number => {
    if (source?.kind !== 'output' || depth > 200) return 1;
    const name = `${source.node}:${source.slot}`;
    const known = counted.get(name);
    if (known !== undefined) return known;
    counted.set(name, 1); // a cycle counts once
    const count = Math.min(1_000_000, entriesOf(source, depth));
    counted.set(name, count);
    return count;
  };
  const entriesOf = (source: Extract<Source, { kind: 'output' }>, depth: number): number => {
    const node = nodes.get(source.node);
    const inner = node?.sockets.filter(({ type }) => type === 'CONDITIONING') ?? [];
    if (!node || inner.length === 0) return 1;
    if (node.type !== 'ConditioningCombine')
      return entries((inner[source.slot] ?? inner[0])?.source, depth + 1);
    return inner.reduce((sum, socket) => sum + entries(socket.source, depth + 1), 0);
  };
  for (const node of nodes.values()) {
    for (const { source } of node.sockets) {
      const origin = source?.kind === 'output' ? nodes.get(source.node) : undefined;
      if (origin?.known && isFolded(origin.known.becomes))
        Object.assign(node.values, origin.known.becomes.folds(origin.values));
    }
    Object.assign(node.values, handedOn(node, nodes));
    if (node.type !== 'ConditioningCombine') continue;
    const [a, b] = ['conditioning_1', 'conditioning_2'].map((name) =>
      entries(node.sockets.find((socket) => socket.name === name)?.source),
    );
    node.values['$share'] = (b ?? 1) / ((a ?? 1) + (b ?? 1));
  }
}

/** Whether the node has nodes of ours standing for it (its values allow it). */
export const isMapped = (node: ReadNode): boolean =>
  node.known !== undefined && isMapping(node.known.becomes) && node.known.unlike?.(node.values) === undefined;

/** What nodes that only hand a text encoder on (CLIP skip) say of it: the nearest upstream, past whatever changes it between. */
function handedOn(node: ReadNode, nodes: ReadonlyMap<string, ReadNode>): Values {
  let at: ReadNode | undefined = node;
  for (const seen = new Set<string>(); at && !seen.has(at.id);) {
    seen.add(at.id);
    const known: ComfyClass | undefined = at.known;
    const socket: ReadSocket | undefined = at.sockets.find(
      ({ name, type }) => type === 'CLIP' || known?.inputs[name] === 'CLIP',
    );
    for (const id of socket?.through ?? []) {
      const passed = nodes.get(id);
      if (passed?.known && isFolded(passed.known.becomes)) return passed.known.becomes.folds(passed.values);
    }
    at = socket?.source?.kind === 'output' ? nodes.get(socket.source.node) : undefined;
  }
  return {};
}
