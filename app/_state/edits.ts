/** Changes to a document as plain recipes on a draft: each is one gesture. What to call it and when is the commands' matter. */
import { getOwn } from '@/engine/types';
import type { Draft } from 'immer';
import { packOfType, registry } from './nodes';
import { connect, freshId, type AnyNode, type LoomDocument } from '@/engine';
import type { Point } from './view';

type Doc = Draft<LoomDocument>;

const stemOf = (type: string): string => type.slice(type.lastIndexOf('/') + 1) || 'node';

/** Adds a node with its default parameters and returns its id. */
export function addNode(
  draft: Doc,
  definition: AnyNode,
  position: Point,
  params: Record<string, unknown> = {},
): string {
  const id = freshId(draft.nodes, stemOf(definition.id));
  const pack = packOfType(definition.id);
  if (pack) draft.meta.packs = { ...draft.meta.packs, [pack.id]: pack.version };
  draft.nodes[id] = {
    type: definition.id,
    version: definition.version,
    params: definition.params.safeParse(params).success ? jsonParams(definition, params) : {},
    position: { x: Math.round(position.x), y: Math.round(position.y) },
  };
  return id;
}
/** What a new node's parameters are: the schema's defaults, written out so that a later default changes nothing. */
function jsonParams(
  definition: AnyNode,
  params: Record<string, unknown>,
): Draft<LoomDocument['nodes'][string]['params']> {
  const parsed: unknown = JSON.parse(JSON.stringify(definition.params.parse(params)));
  // JSON.parse(JSON.stringify(…)) of an object is a JSON object by construction.
  return parsed as Draft<LoomDocument['nodes'][string]['params']>;
}

/**
 * Removes nodes. With `reconnect`, what fed a removed node goes on to what it
 * fed wherever an output and a connected input are of one kind.
 */
export function removeNodes(draft: Doc, ids: readonly string[], reconnect: boolean): void {
  for (const id of ids) {
    const node = getOwn(draft.nodes, id);
    if (node === undefined) continue;
    const definition = registry.get(node.type);
    const edges = Object.entries(draft.edges);
    const incoming = edges.filter(([, edge]) => edge.to.node === id).map(([, edge]) => edge);
    const outgoing = edges.filter(([, edge]) => edge.from.node === id).map(([, edge]) => edge);
    const through =
      reconnect && definition !== undefined
        ? outgoing.flatMap((out) => {
            const kind = definition.outputs[out.from.port]?.type.kind;
            const fed = incoming.find(
              (edge) => definition.inputs[edge.to.port]?.type.kind === kind && edge.from.node !== id,
            );
            return fed === undefined || out.to.node === id
              ? []
              : [{ from: { ...fed.from }, to: { ...out.to } }];
          })
        : [];
    for (const [edge, { from, to }] of edges)
      if (from.node === id || to.node === id) delete draft.edges[edge];
    delete draft.nodes[id];
    for (const { from, to } of through) connect(draft, from, to);
  }
}

/** Puts a node on an edge: the edge's source feeds `input`, `output` feeds its target. */
export function insertOnEdge(draft: Doc, edge: string, node: string, input: string, output: string): void {
  const connection = getOwn(draft.edges, edge);
  if (connection === undefined) return;
  const from = { node: connection.from.node, port: connection.from.port };
  const to = { node: connection.to.node, port: connection.to.port };
  delete draft.edges[edge];
  connect(draft, from, { node, port: input });
  connect(draft, { node, port: output }, to);
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A frame around boxes, with room for its title. */
export function addGroup(draft: Doc, title: string, boxes: readonly Box[]): string | undefined {
  if (boxes.length === 0) return undefined;
  const pad = 24;
  const left = Math.min(...boxes.map((box) => box.x)) - pad;
  const top = Math.min(...boxes.map((box) => box.y)) - pad - 28;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + pad;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + pad;
  const id = freshId(draft.groups, 'frame');
  draft.groups[id] = {
    title,
    position: { x: Math.round(left), y: Math.round(top) },
    size: { width: Math.round(right - left), height: Math.round(bottom - top) },
  };
  return id;
}

export function addNote(draft: Doc, text: string, at: Point): string {
  const id = freshId(draft.notes, 'note');
  draft.notes[id] = {
    text,
    position: { x: Math.round(at.x), y: Math.round(at.y) },
    size: { width: 220, height: 120 },
  };
  return id;
}

/** Sets a mode on all, or back to active when all have it already. */
export function toggleMode(draft: Doc, ids: readonly string[], mode: 'bypass' | 'mute'): void {
  const nodes = ids.flatMap((id) => getOwn(draft.nodes, id) ?? []);
  const on = !nodes.every((node) => node.mode === mode);
  for (const node of nodes)
    if (on) node.mode = mode;
    else delete node.mode;
}

/** Moves canvas items (`group:`, `note:` or node ids) to positions. */
export function moveTo(draft: Doc, positions: ReadonlyMap<string, Point>): void {
  for (const [id, { x, y }] of positions) {
    const item = itemOf(draft, id);
    if (item !== undefined) item.position = { ...item.position, x: Math.round(x), y: Math.round(y) };
  }
}

/** Makes a document another one, whole: what only the present one has, unknown fields included, goes. */
export function replaceBy(draft: Doc, other: LoomDocument): void {
  for (const key of Object.keys(draft)) if (!Object.hasOwn(other, key)) Reflect.deleteProperty(draft, key);
  Object.assign(draft, other);
}

/** A node, frame or note by its id on the canvas. */
export function itemOf(draft: Doc, id: string) {
  if (id.startsWith('group:')) return getOwn(draft.groups, id.slice(6));
  if (id.startsWith('note:')) return getOwn(draft.notes, id.slice(5));
  return getOwn(draft.nodes, id);
}

/** Removes anything on the canvas. */
export function removeItems(
  draft: Doc,
  ids: readonly string[],
  edges: readonly string[],
  reconnect: boolean,
): void {
  for (const edge of edges) delete draft.edges[edge];
  removeNodes(
    draft,
    ids.filter((id) => !id.includes(':')),
    reconnect,
  );
  for (const id of ids) {
    if (id.startsWith('group:')) delete draft.groups[id.slice(6)];
    if (id.startsWith('note:')) delete draft.notes[id.slice(5)];
  }
}

/** How a parameter moves on when the graph is run again. */
export type SeedControl = 'fixed' | 'increment' | 'random';
/** Reads a node's seed control: an extra field, so that older editors keep it. */
export function seedControl(node: LoomDocument['nodes'][string] | undefined, param: string): SeedControl {
  const control: unknown = node?.['control'];
  if (typeof control !== 'object' || control === null) return 'fixed';
  const value: unknown = Object.entries(control).find(([name]) => name === param)?.[1];
  return value === 'increment' || value === 'random' ? value : 'fixed';
}
export function setSeedControl(draft: Doc, node: string, param: string, control: SeedControl): void {
  const target = getOwn(draft.nodes, node);
  if (target === undefined) return;
  const before: unknown = target['control'];
  const rest = typeof before === 'object' && before !== null ? before : {};
  if (control === 'fixed') delete target['control'];
  else target['control'] = { ...rest, [param]: control };
}

/** A random unsigned 64-bit seed in decimal. */
export function randomSeed(): string {
  const words = crypto.getRandomValues(new Uint32Array(2));
  return ((BigInt(words[0] ?? 0) << 32n) | BigInt(words[1] ?? 0)).toString();
}
/** The next seed, wrapping at 2⁶⁴. */
export function nextSeed(seed: string): string {
  const value = /^\d{1,20}$/.test(seed) ? BigInt(seed) : 0n;
  return BigInt.asUintN(64, value + 1n).toString();
}
