/** One level of a ComfyUI graph as nodes, wires, groups and notes of ours. */
import type { NodeRegistry } from '@/engine';
import type { LevelOrigin, NodeOrigin, PlacedOrigin } from './attach';
import { contextOf } from './context';
import type { Json } from './json';
import {
  isFolded,
  isMapping,
  isPlaceholder,
  type Difference,
  type Mapping,
  type MappingContext,
  type ModelFile,
  type Params,
} from './mapping/types';
import { columnWidth, layered, makeRoom, partHeight } from './place';
import { isMapped, isNote, namedValues, type ReadLevel, type ReadNode, type Source } from './read-level';
import type { NodeReport } from './report';
import type { WorkflowGroup } from './workflow';

export interface ImportOptions {
  /** The nodes that there are: a document says with which version of each it was made. */
  readonly registry: Pick<NodeRegistry, 'get'>;
  readonly title?: string;
  /** The package that stands for a model file; undefined when none is there: it is reported as missing. */
  readonly modelId?: MappingContext['modelId'];
  readonly picture?: MappingContext['picture'];
}

/** What a level must know of a sub-graph to wire its instances. */
export interface SubgraphPorts {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface LevelInput {
  readonly options: ImportOptions;
  /** The path of ids that leads here, for the report. */
  readonly prefix: string;
  /** Sub-graphs by the type (or, for group nodes, the id) of the nodes that stand for them. */
  readonly subgraphs: ReadonlyMap<string, SubgraphPorts>;
  readonly groups: readonly WorkflowGroup[];
  readonly raw: Record<string, Json>;
  /** The file has no places: nodes are laid out in columns. */
  readonly unplaced: boolean;
}

export interface Endpoint {
  readonly node: string;
  readonly port: string;
}
interface PlacedNode {
  readonly type: string;
  readonly version: number;
  readonly params: Params;
  readonly position: { readonly x: number; readonly y: number };
  readonly title?: string;
  readonly collapsed?: boolean;
  readonly mode?: 'bypass' | 'mute';
  readonly comfy: NodeOrigin;
}
export interface LevelResult {
  readonly document: {
    readonly nodes: Record<string, PlacedNode>;
    readonly edges: Record<string, { readonly from: Endpoint; readonly to: Endpoint }>;
    readonly groups: Record<string, object>;
    readonly notes: Record<string, object>;
  };
  readonly origin: LevelOrigin;
  readonly reports: readonly NodeReport[];
  readonly models: readonly { readonly file: ModelFile; readonly node: string }[];
  /** Where the level's own inputs go, by slot. */
  readonly entries: ReadonlyMap<number, readonly Endpoint[]>;
  /** Widgets that a level's own input sets, by slot, where they are one parameter. */
  readonly entryParams: ReadonlyMap<number, { readonly node: string; readonly param: string }>;
  /** What the level's own outputs are, by slot. */
  readonly exits: ReadonlyMap<number, Endpoint>;
}

export function importLevel(level: ReadLevel, input: LevelInput): LevelResult {
  const { options, prefix, subgraphs } = input;
  const context = contextOf(level);
  const keys = keysOf(level);
  const versionOf = (type: string): number => options.registry.get(type)?.version ?? 1;
  const key = (id: string): string => keys.get(id) ?? id;
  const part = (id: string, name: string): string => (name === 'main' ? key(id) : `${key(id)}-${name}`);
  const mappingOf = (node: ReadNode): Mapping | undefined =>
    isMapped(node) && node.known && isMapping(node.known.becomes) ? node.known.becomes : undefined;
  const folded = (node: ReadNode): boolean => node.known !== undefined && isFolded(node.known.becomes);
  const subgraphOf = (node: ReadNode): SubgraphPorts | undefined =>
    subgraphs.get(node.type) ?? subgraphs.get(`#${node.id}`);
  const endpoint = (id: string, name: string): Endpoint => {
    const [head = 'main', port = ''] = split(name);
    return { node: part(id, head), port };
  };

  const fromOf = (source: Source | undefined): Endpoint | undefined => {
    const node = source?.kind === 'output' ? level.nodes.get(source.node) : undefined;
    if (!node || source?.kind !== 'output' || folded(node)) return undefined;
    const mapping = mappingOf(node);
    if (mapping) {
      const output = mapping.outputs[source.slot];
      return output === null || output === undefined ? undefined : endpoint(node.id, output);
    }
    const subgraph = subgraphOf(node);
    const port = subgraph ? subgraph.outputs[source.slot] : outputPort(node, source.slot);
    return port === undefined ? undefined : { node: key(node.id), port };
  };
  const toOf = (node: ReadNode, socket: string, at: number): readonly Endpoint[] => {
    const mapping = mappingOf(node);
    if (mapping) return (own(mapping.inputs, socket) ?? []).map((name) => endpoint(node.id, name));
    const subgraph = subgraphOf(node);
    if (!subgraph) return [{ node: key(node.id), port: socket }];
    const port = subgraph.inputs.includes(socket) ? socket : subgraph.inputs[at];
    return port === undefined ? [] : [{ node: key(node.id), port }];
  };

  // Nodes.
  const places = placesOf(level, input, (node) => Object.keys(mappingOf(node)?.parts ?? {}).length > 1);
  const mapContext: MappingContext = {
    modelId: options.modelId ?? (() => undefined),
    ...(options.picture && { picture: options.picture }),
  };
  const nodes: Record<string, PlacedNode> = {};
  const reports: NodeReport[] = [];
  const models: { file: ModelFile; node: string }[] = [];
  for (const node of level.nodes.values()) {
    const path = `${prefix}${node.id}`;
    const differences: Difference[] = [];
    for (const file of node.known?.models?.(node.values) ?? [])
      if (mapContext.modelId(file) === undefined) models.push({ file, node: path });
    const mapping = mappingOf(node);
    const shared = {
      ...(node.mode !== 'active' && { mode: node.mode }),
      ...(isCollapsed(node.raw) && { collapsed: true }),
    };
    const at = places.at(node);
    const origin = (name: string, params: Readonly<Record<string, Params>>): NodeOrigin => ({
      id: node.id,
      part: name,
      type: node.type,
      ...(name === 'main' && {
        raw: node.raw,
        index: node.index,
        at,
        values: node.values,
        params,
      }),
    });
    if (mapping) {
      const params = mapping.params(node.values, mapContext);
      differences.push(...(mapping.differs?.(node.values) ?? []));
      const names = Object.keys(mapping.parts);
      for (const [index, name] of names.entries()) {
        const type = mapping.parts[name] ?? '';
        nodes[part(node.id, name)] = {
          type,
          version: versionOf(type),
          params: params[name] ?? {},
          position: name === 'main' ? at : { x: at.x - columnWidth, y: at.y + index * partHeight },
          ...(name === 'main' && node.title !== undefined && { title: node.title }),
          // Only the main part hands something on; the others are not needed then.
          ...(name === 'main' || node.mode === 'mute' ? shared : {}),
          comfy: origin(name, params),
        };
      }
    } else if (!folded(node)) {
      const subgraph = subgraphOf(node);
      const params = subgraph ? {} : placeholderParams(node);
      nodes[key(node.id)] = {
        type: subgraph ? `graph/${subgraph.id}` : `comfy/${node.type.trim()}`,
        version: 1,
        params,
        position: at,
        ...(subgraph
          ? node.title !== undefined && { title: node.title }
          : { title: node.title ?? node.type }),
        ...shared,
        comfy: origin('main', { main: params }),
      };
    }
    for (const widget of node.driven) differences.push({ code: 'value-fixed', what: widget });
    const needs = mapping || folded(node) || subgraphOf(node) ? undefined : needsOf(node);
    reports.push({
      id: path,
      type: node.type,
      ...(node.title !== undefined && { title: node.title }),
      ...(!folded(node) && { node: key(node.id) }),
      outcome: needs ? 'placeholder' : differences.length > 0 ? 'nearly' : 'exact',
      differences,
      ...(needs && { needs }),
    });
  }

  // Wires.
  const edges: Record<string, { from: Endpoint; to: Endpoint }> = {};
  const taken = new Set<string>();
  let count = 0;
  const connect = (from: Endpoint | undefined, to: Endpoint): void => {
    const name = JSON.stringify([to.node, to.port]);
    if (!from || taken.has(name)) return;
    taken.add(name);
    edges[`e${++count}`] = { from, to };
  };
  const entries = new Map<number, Endpoint[]>();
  const entryParams = new Map<number, { node: string; param: string }>();
  for (const node of level.nodes.values()) {
    if (folded(node)) continue;
    const mapping = mappingOf(node);
    for (const [at, { name, source }] of node.sockets.entries()) {
      if (source === undefined) continue;
      const targets = toOf(node, name, at);
      if (source.kind === 'boundary') {
        entries.set(source.slot, [...(entries.get(source.slot) ?? []), ...targets]);
        const direct = mapping && own(mapping.direct ?? {}, name);
        const [head, param] = split(direct ?? '');
        if (direct && head !== undefined && param !== undefined && !entryParams.has(source.slot))
          entryParams.set(source.slot, { node: part(node.id, head), param });
      } else for (const target of targets) connect(fromOf(source), target);
    }
    if (!mapping) continue;
    for (const [from, to] of mapping.inner ?? []) connect(endpoint(node.id, from), endpoint(node.id, to));
    for (const name of mapping.needsUnet ?? [])
      connect(fromOf(context.unetFor(node.id)), endpoint(node.id, name));
    for (const name of mapping.needsLatent ?? [])
      connect(fromOf(context.latentFor(node.id)), endpoint(node.id, name));
    if (mapping.takesMask) {
      const [socket, port] = mapping.takesMask;
      const source = node.sockets.find(({ name }) => name === socket)?.source;
      const found = context.maskOf(source);
      const mask = found && mappingOf(found.node)?.masks?.[found.slot];
      if (!found || mask === undefined) continue;
      if (!found.resized) {
        connect(endpoint(found.node.id, mask), endpoint(node.id, port));
        continue;
      }
      // The latent was resized since: the mask is brought to its new size.
      const fit = part(node.id, 'mask');
      const { x, y } = places.at(node);
      nodes[fit] = {
        type: 'mask/for-latent',
        version: versionOf('mask/for-latent'),
        params: {},
        position: { x: x - columnWidth, y: y + 2 * partHeight },
        comfy: { id: node.id, part: 'mask', type: node.type },
      };
      connect(fromOf(source), { node: fit, port: 'latent' });
      connect(endpoint(found.node.id, mask), { node: fit, port: 'mask' });
      connect({ node: fit, port: 'mask' }, endpoint(node.id, port));
    }
  }
  const exits = new Map<number, Endpoint>();
  for (const [slot, source] of level.results) {
    const from = fromOf(source);
    if (from) exits.set(slot, from);
  }

  const kept = [
    ...level.virtual.flatMap(({ type, raw, index }) => (isNote(type) ? [] : [{ index, raw }])),
    ...[...level.nodes.values()].flatMap((node) =>
      folded(node) ? [{ index: node.index, raw: node.raw }] : [],
    ),
  ];
  return {
    document: { nodes, edges, groups: places.groups, notes: notesOf(level, places.move) },
    origin: { raw: input.raw, kept, ...(level.broken.length > 0 && { broken: [...level.broken] }) },
    reports,
    models,
    entries,
    entryParams,
    exits,
  };
}

/** Our ids: theirs, without what a path needs for itself. */
function keysOf(level: ReadLevel): ReadonlyMap<string, string> {
  const used = new Set<string>();
  const keys = new Map<string, string>();
  for (const id of level.nodes.keys()) {
    const plain = id.replaceAll(/[/@#]/g, '_').slice(0, 100);
    let key = plain === '' || plain === '__proto__' ? '_' : plain;
    while (used.has(key)) key += '_';
    used.add(key);
    // A part of another node may not take it.
    for (const part of ['unet', 'noise', 'mask', 'picture']) used.add(`${key}-${part}`);
    keys.set(id, key);
  }
  return keys;
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** `part.port` in two. */
const split = (name: string): readonly string[] => {
  const dot = name.indexOf('.');
  return dot < 0 ? [] : [name.slice(0, dot), name.slice(dot + 1)];
};

/** An output's name, made unique where two outputs of a node have the same. */
export function outputPort(node: Pick<ReadNode, 'outputs' | 'known'>, slot: number): string {
  const name = (at: number): string =>
    node.outputs[at]?.name || node.known?.outputNames?.[at] || node.known?.outputs[at] || 'output';
  const mine = name(slot);
  for (let at = 0; at < slot; at++) if (name(at) === mine) return `${mine}_${slot}`;
  return mine;
}

function needsOf(node: ReadNode): NodeReport['needs'] {
  const { known } = node;
  if (!known) return 'unknown';
  return known.unlike?.(node.values) ?? (isPlaceholder(known.becomes) ? known.becomes.needs : 'value');
}

/** A placeholder's values by name; of an unknown class whose widgets have no names, the list as it is. */
function placeholderParams(node: ReadNode): Params {
  if (Object.keys(node.values).length > 0) return node.values;
  const raw = node.raw;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return {};
  const values = raw['widgets_values'];
  return Array.isArray(values) && values.length > 0 ? { values } : {};
}

const isCollapsed = (raw: Json): boolean => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return false;
  const { flags } = raw;
  return typeof flags === 'object' && flags !== null && !Array.isArray(flags) && flags['collapsed'] === true;
};

interface Places {
  readonly at: (node: ReadNode) => { readonly x: number; readonly y: number };
  readonly move: (x: number) => number;
  readonly groups: Record<string, object>;
}

function placesOf(level: ReadLevel, input: LevelInput, needsColumn: (node: ReadNode) => boolean): Places {
  const list = [...level.nodes.values()];
  let pos = (node: ReadNode): readonly [number, number] => node.pos;
  if (input.unplaced) {
    const columns = layered(
      list.map(({ id }) => id),
      (id) =>
        (level.nodes.get(id)?.sockets ?? []).flatMap(({ source }) =>
          source?.kind === 'output' ? [source.node] : [],
        ),
    );
    pos = (node) => columns.get(node.id) ?? [0, 0];
  }
  const move = makeRoom(list.filter(needsColumn).map((node) => pos(node)[0]));
  const groups: Record<string, object> = {};
  for (const [index, group] of input.groups.entries()) {
    const [x = 0, y = 0, width = 0, height = 0] = group.bounding;
    const left = move(x);
    const at = { x: left, y };
    groups[`g${index + 1}`] = {
      title: group.title,
      position: at,
      size: { width: Math.max(1, move(x + width) - left), height: Math.max(1, height) },
      ...(group.color !== undefined && { color: group.color }),
      comfy: { raw: group.raw, index: group.index, at } satisfies PlacedOrigin,
    };
  }
  return {
    at: (node) => ({ x: move(pos(node)[0]), y: pos(node)[1] }),
    move,
    groups,
  };
}

function notesOf(level: ReadLevel, move: (x: number) => number): Record<string, object> {
  const notes: Record<string, object> = {};
  for (const node of level.virtual) {
    if (!isNote(node.type)) continue;
    const values = node.widgets_values;
    const text = Array.isArray(values) ? values[0] : namedValues(node, undefined)['text'];
    const at = { x: move(node.pos[0]), y: node.pos[1] };
    notes[`n${String(node.id)}`.replaceAll(/[/@#]/g, '_')] = {
      text: typeof text === 'string' ? text : '',
      position: at,
      size: { width: Math.max(1, node.size[0]), height: Math.max(1, node.size[1]) },
      comfy: { raw: node.raw, index: node.index, at } satisfies PlacedOrigin,
    };
  }
  return notes;
}
