/**
 * Sub-graphs: one definition, many instances. These change an immer draft (or a
 * copy of one's own), each as one undoable edit; none of them looks into a node's type.
 */
import { getOwn } from '../types/get-own';
import { freshId } from './fresh-id';
import type { LoomDefinition, LoomDocument, LoomEdge, LoomNode } from './schema';
import { definitionOf, definitionSchema, instanceType, nodeSchema } from './schema';
import { current, isDraft, type Draft } from 'immer';
import { LoomError } from '../types/error';

type Level = Pick<LoomDefinition, 'nodes' | 'edges'>;

export interface GroupOptions {
  /** Id of the new definition; must be free. */
  readonly definition: string;
  /** Id of its first instance; must be free. */
  readonly instance: string;
  readonly title?: string;
  /** The definition to group in, when nodes inside one are grouped; the document itself when left out. */
  readonly inside?: string;
}

/**
 * Turns nodes into a definition and one instance of it, connected as they were.
 * Edges into the group become inputs (one for each outer source), edges out of
 * it outputs (one for each inner source), named by the inner port.
 * @throws LoomError `invalid-document` when an id is taken, or a node is not there.
 */
export function groupNodes(draft: LoomDocument, nodes: readonly string[], options: GroupOptions): void {
  const { definition: id, instance, title = '', inside } = options;
  const level = levelFor(draft, inside);
  if (Object.hasOwn(draft.definitions, id)) throw taken(id);
  if (Object.hasOwn(level.nodes, instance)) throw taken(instance);
  const chosen = new Set(nodes);
  const definition = definitionSchema.parse({ title });
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const name of chosen) {
    const node = getOwn(level.nodes, name);
    if (!node)
      throw new LoomError('invalid-document', `There is no node “${name}” to group.`, { node: name });
    definition.nodes[name] = plain(node);
    left = Math.min(left, node.position.x);
    top = Math.min(top, node.position.y);
    right = Math.max(right, node.position.x);
    bottom = Math.max(bottom, node.position.y);
  }
  if (chosen.size === 0) throw new LoomError('invalid-document', 'There is nothing to group.');
  const inputs = new Map<string, string>();
  const outputs = new Map<string, string>();
  for (const [name, edge] of Object.entries(level.edges)) {
    const from = chosen.has(edge.from.node);
    const to = chosen.has(edge.to.node);
    if (from && to) {
      definition.edges[name] = plain(edge);
      delete level.edges[name];
    } else if (to) {
      const source = JSON.stringify([edge.from.node, edge.from.port]);
      const end = plain(edge.to);
      const known = inputs.get(source);
      if (known !== undefined) {
        definition.inputs[known]?.to.push(end);
        delete level.edges[name];
        continue;
      }
      const port = freshId(definition.inputs, end.port);
      inputs.set(source, port);
      definition.inputs[port] = { to: [end] };
      edge.to = { node: instance, port };
    } else if (from) {
      const source = JSON.stringify([edge.from.node, edge.from.port]);
      const port = outputs.get(source) ?? freshId(definition.outputs, edge.from.port);
      outputs.set(source, port);
      definition.outputs[port] = { from: plain(edge.from) };
      edge.from = { node: instance, port };
    }
  }
  for (const name of chosen) delete level.nodes[name];
  draft.definitions[id] = definition;
  level.nodes[instance] = nodeSchema.parse({
    type: instanceType(id),
    position: { x: (left + right) / 2, y: (top + bottom) / 2 },
    ...(title === '' ? {} : { title }),
  });
}

/**
 * Gives an instance a definition of its own, so that editing it leaves the others alone.
 * @throws LoomError `invalid-document` when it is no instance or the id is taken.
 */
export function makeUnique(draft: LoomDocument, instance: string, id: string, inside?: string): void {
  const level = levelFor(draft, inside);
  const { node, definition } = instanceAt(draft, level, instance);
  if (Object.hasOwn(draft.definitions, id)) throw taken(id);
  draft.definitions[id] = plain(definition);
  node.type = instanceType(id);
}

/**
 * Puts an instance's nodes in its place, connected as they were; its own parameter
 * values go into them. Ids that are taken get the instance's name in front.
 * The definition stays. @returns the new node ids by their inner ids.
 * @throws LoomError `invalid-document` when it is no instance.
 */
export function ungroup(draft: LoomDocument, instance: string, inside?: string): ReadonlyMap<string, string> {
  const level = levelFor(draft, inside);
  const { node, definition } = instanceAt(draft, level, instance);
  const ids = new Map<string, string>();
  delete level.nodes[instance];
  const positions = Object.values(definition.nodes).map(({ position }) => position);
  const shift = {
    x: node.position.x - mean(positions.map(({ x }) => x)),
    y: node.position.y - mean(positions.map(({ y }) => y)),
  };
  for (const [inner, original] of Object.entries(definition.nodes)) {
    const id = free(level.nodes, inner, instance);
    ids.set(inner, id);
    const copy = plain(original);
    copy.position = { ...copy.position, x: copy.position.x + shift.x, y: copy.position.y + shift.y };
    level.nodes[id] = copy;
  }
  for (const [name, { node: inner, param }] of Object.entries(definition.params)) {
    const target = getOwn(level.nodes, ids.get(inner) ?? '');
    const value = node.params[name];
    if (target && value !== undefined) target.params[param] = value;
  }
  const add = (name: string, edge: LoomEdge): void => {
    level.edges[free(level.edges, name, instance)] = edge;
  };
  for (const [name, edge] of Object.entries(level.edges)) {
    if (edge.from.node !== instance && edge.to.node !== instance) continue;
    delete level.edges[name];
    const source = edge.from.node === instance ? definition.outputs[edge.from.port]?.from : edge.from;
    const targets = edge.to.node === instance ? (definition.inputs[edge.to.port]?.to ?? []) : [edge.to];
    if (!source) continue;
    const from = edge.from.node === instance ? moved(source, ids) : plain(source);
    for (const target of targets) {
      const to = edge.to.node === instance ? moved(target, ids) : plain(target);
      if (from && to) add(name, { from, to });
    }
  }
  for (const [name, { from, to }] of Object.entries(definition.edges)) {
    const [start, end] = [moved(from, ids), moved(to, ids)];
    if (start && end) add(name, { from: start, to: end });
  }
  return ids;
}

/**
 * Whether instances of `definition` may stand on a level: `inside` a definition
 * they may not if it is that one, or if it is used in it at any depth, for the
 * sub-graph would contain itself. At the top of a document always.
 */
export function mayStandIn(document: LoomDocument, definition: string, inside: string | undefined): boolean {
  if (inside === undefined) return true;
  const seen = new Set([definition]);
  for (const id of seen) {
    if (id === inside) return false;
    const nodes = getOwn(document.definitions, id)?.nodes;
    for (const { type } of Object.values(nodes ?? {})) {
      const inner = definitionOf(type);
      if (inner !== undefined) seen.add(inner);
    }
  }
  return true;
}

/**
 * Puts another instance of a definition on a level.
 * @throws LoomError `invalid-document` when there is no such definition, the id
 * is taken, or the sub-graph would contain itself.
 */
export function addInstance(
  draft: LoomDocument,
  definition: string,
  {
    instance,
    inside,
    position,
  }: {
    readonly instance: string;
    readonly inside?: string;
    readonly position?: { readonly x: number; readonly y: number };
  },
): void {
  const level = levelFor(draft, inside);
  if (!Object.hasOwn(draft.definitions, definition))
    throw new LoomError('invalid-document', `There is no sub-graph “${definition}”.`, { path: definition });
  if (Object.hasOwn(level.nodes, instance)) throw taken(instance);
  if (!mayStandIn(draft, definition, inside))
    throw new LoomError(
      'invalid-document',
      `The sub-graph “${definition}” would contain itself: “${inside ?? ''}” is used in it.`,
      { path: definition, node: instance },
      { fix: 'Make it unique first, or put it outside.' },
    );
  level.nodes[instance] = nodeSchema.parse({
    type: instanceType(definition),
    ...(position ? { position } : {}),
  });
}

/** Definitions that no instance uses, directly or inside another that is used. */
export function unusedDefinitions(document: LoomDocument): readonly string[] {
  const used = new Set<string>();
  const stack = [document.nodes];
  for (let nodes = stack.pop(); nodes; nodes = stack.pop())
    for (const { type } of Object.values(nodes)) {
      const id = definitionOf(type);
      if (id === undefined || used.has(id) || !Object.hasOwn(document.definitions, id)) continue;
      used.add(id);
      const inner = getOwn(document.definitions, id);
      if (inner) stack.push(inner.nodes);
    }
  return Object.keys(document.definitions).filter((id) => !used.has(id));
}

function levelFor(draft: LoomDocument, inside: string | undefined): Level {
  const level =
    inside === undefined
      ? draft
      : Object.hasOwn(draft.definitions, inside)
        ? getOwn(draft.definitions, inside)
        : undefined;
  if (!level) throw new LoomError('invalid-document', `There is no sub-graph “${inside ?? ''}”.`);
  return level;
}

function instanceAt(
  draft: LoomDocument,
  level: Level,
  id: string,
): { node: LoomNode; definition: LoomDefinition } {
  const node = getOwn(level.nodes, id);
  const name = definitionOf(node?.type ?? '');
  const definition = name === undefined ? undefined : getOwn(draft.definitions, name);
  if (!node || !definition)
    throw new LoomError('invalid-document', `“${id}” is no instance of a sub-graph.`, { node: id });
  return { node, definition };
}

/** A copy that shares nothing with a draft. */
function plain<T>(value: T): T {
  return structuredClone(isDraft(value) ? current<T>(value as Draft<T>) : value);
}

const moved = (end: LoomEdge['from'], ids: ReadonlyMap<string, string>): LoomEdge['from'] | undefined => {
  const node = ids.get(end.node);
  return node === undefined ? undefined : { node, port: end.port };
};
const free = (records: Readonly<Record<string, unknown>>, base: string, prefix: string): string =>
  Object.hasOwn(records, base) ? freshId(records, `${prefix}-${base}`) : base;

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const taken = (id: string): LoomError =>
  new LoomError('invalid-document', `The id “${id}” is taken.`, { path: id });
