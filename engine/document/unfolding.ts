/**
 * How large a document becomes when its sub-graphs are unfolded, counted before anything is unfolded: twelve
 * definitions of ten instances each are 10¹² nodes in 3 kB. Takes time for the document as it is written.
 */
import { LoomError } from '../types/error';
import { getOwn } from '../types/get-own';
import { definitionOf, type LoomDefinition, type LoomDocument, type LoomNode } from './schema';

/** Nodes that a document writes down, at most. */
export const maxNodes = 20_000;
/** Edges that a document writes down, at most. */
export const maxEdges = 100_000;
/** Nodes and edges that unfolding may always make. */
const unfoldedNodes = 5_000;
const unfoldedEdges = 25_000;
/** Definitions inside definitions, at most. */
export const maxNesting = 64;

export interface Unfolding {
  /** Nodes of the unfolded graph, instances among them. */
  readonly nodes: number;
  /** Edges of the unfolded graph, and the inner inputs that instances' inputs stand for. */
  readonly edges: number;
  /** Definitions inside definitions, the deepest. */
  readonly nesting: number;
  /** Definitions that contain themselves, directly or through others: they are never unfolded. */
  readonly recursive: ReadonlySet<string>;
  /** What is over a limit: the graph stays folded then. */
  readonly excess?: Excess;
}

interface Excess {
  readonly what: 'nodes' | 'edges' | 'nesting';
  readonly size: number;
  readonly limit: number;
}

interface Size {
  readonly nodes: number;
  readonly edges: number;
  readonly nesting: number;
  /** Input → how many inner inputs it stands for. */
  readonly inputs: ReadonlyMap<string, number>;
}

type Level = Pick<LoomDefinition, 'nodes' | 'edges'>;

/** The definition that a node is unfolded into; undefined for plain, bypassed and unknown ones. */
const opened = ({ definitions }: Pick<LoomDocument, 'definitions'>, node: LoomNode): string | undefined => {
  const id = node.mode === 'bypass' ? undefined : definitionOf(node.type);
  return id !== undefined && Object.hasOwn(definitions, id) ? id : undefined;
};

/** Definitions, those that others use before their users; what is left over contains itself. Iterative (Kahn 1962). */
function usedFirst(document: Pick<LoomDocument, 'definitions'>): {
  order: readonly string[];
  recursive: ReadonlySet<string>;
} {
  const users = new Map<string, string[]>();
  const waiting = new Map<string, number>();
  for (const [id, { nodes }] of Object.entries(document.definitions)) {
    const used = new Set<string>();
    for (const { type } of Object.values(nodes)) {
      // A bypassed one, too: it would never end once it is switched on.
      const inner = definitionOf(type);
      if (inner !== undefined && Object.hasOwn(document.definitions, inner)) used.add(inner);
    }
    waiting.set(id, used.size);
    for (const inner of used) users.set(inner, [...(users.get(inner) ?? []), id]);
  }
  const order = [...waiting].filter(([, uses]) => uses === 0).map(([id]) => id);
  // An array is walked to its end, what is added meanwhile too.
  for (const id of order)
    for (const user of users.get(id) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) order.push(user);
    }
  const done = new Set(order);
  return { order, recursive: new Set([...waiting.keys()].filter((id) => !done.has(id))) };
}

function sizeOfLevel(
  document: Pick<LoomDocument, 'definitions'>,
  { nodes, edges }: Level,
  known: ReadonlyMap<string, Size>,
): Omit<Size, 'inputs'> & { readonly targets: (end: { node: string; port: string }) => number } {
  const sizeOf = (id: string): Size | undefined => {
    const node = getOwn(nodes, id);
    const inner = node && opened(document, node);
    return inner === undefined ? undefined : known.get(inner);
  };
  const targets = ({ node, port }: { node: string; port: string }): number => {
    const size = sizeOf(node);
    return size === undefined ? 1 : (size.inputs.get(port) ?? 1);
  };
  let [nodeCount, edgeCount, nesting] = [0, 0, 0];
  for (const id of Object.keys(nodes)) {
    const size = sizeOf(id);
    nodeCount += 1 + (size?.nodes ?? 0);
    edgeCount += size?.edges ?? 0;
    nesting = Math.max(nesting, size === undefined ? 0 : size.nesting + 1);
  }
  for (const { to } of Object.values(edges)) edgeCount += targets(to);
  return { nodes: nodeCount, edges: edgeCount, nesting, targets };
}

const remembered = new WeakMap<object, WeakMap<object, WeakMap<object, Unfolding>>>();

/** Counts what unfolding makes. Never throws. Remembered by the identity of nodes, edges and definitions. */
export function unfoldingOf(document: Pick<LoomDocument, 'nodes' | 'edges' | 'definitions'>): Unfolding {
  const { nodes, edges, definitions } = document;
  let ofDefinitions = remembered.get(definitions);
  if (!ofDefinitions) remembered.set(definitions, (ofDefinitions = new WeakMap()));
  let ofNodes = ofDefinitions.get(nodes);
  if (!ofNodes) ofDefinitions.set(nodes, (ofNodes = new WeakMap()));
  let found = ofNodes.get(edges);
  if (!found) ofNodes.set(edges, (found = count(document)));
  return found;
}

function count(document: Pick<LoomDocument, 'nodes' | 'edges' | 'definitions'>): Unfolding {
  const { order, recursive } = usedFirst(document);
  const known = new Map<string, Size>();
  let [ownNodes, ownEdges] = [Object.keys(document.nodes).length, Object.keys(document.edges).length];
  for (const id of Object.keys(document.definitions)) {
    const definition = getOwn(document.definitions, id);
    if (!definition) continue;
    ownNodes += Object.keys(definition.nodes).length;
    ownEdges += Object.keys(definition.edges).length;
    for (const { to } of Object.values(definition.inputs)) ownEdges += to.length;
  }
  for (const id of order) {
    const definition = getOwn(document.definitions, id);
    if (!definition) continue;
    const { targets, ...level } = sizeOfLevel(document, definition, known);
    const inputs = new Map<string, number>();
    let ends = 0;
    for (const [port, { to }] of Object.entries(definition.inputs)) {
      const inner = to.reduce((sum, end) => sum + targets(end), 0);
      inputs.set(port, inner);
      ends += inner;
    }
    known.set(id, { ...level, edges: level.edges + ends, inputs });
  }
  const { targets: _, ...whole } = sizeOfLevel(document, document, known);
  const over = (what: Excess['what'], size: number, limit: number): Excess | undefined =>
    size > limit ? { what, size, limit } : undefined;
  const excess =
    over('nodes', ownNodes, maxNodes) ??
    over('edges', ownEdges, maxEdges) ??
    over('nesting', whole.nesting, maxNesting) ??
    over('nodes', whole.nodes, Math.max(unfoldedNodes, 2 * ownNodes)) ??
    over('edges', whole.edges, Math.max(unfoldedEdges, 2 * ownEdges));
  return { ...whole, recursive, ...(excess && { excess }) };
}

const number = (value: number): string => Math.round(value).toLocaleString('en');

/** What is over a limit, in a sentence. */
export function excessSentence({ what, size, limit }: Excess): string {
  switch (what) {
    case 'nesting':
      return `This graph has sub-graphs inside sub-graphs ${number(size)} deep; at most ${number(limit)} are taken.`;
    case 'nodes':
      return `With its sub-graphs unfolded this graph has ${number(size)} nodes; at most ${number(limit)} are taken.`;
    case 'edges':
      return `With its sub-graphs unfolded this graph has ${number(size)} wires; at most ${number(limit)} are taken.`;
  }
}

/**
 * Refuses a document that would become too large.
 * @throws LoomError `too-large` with the number
 */
export function checkUnfolding(document: Pick<LoomDocument, 'nodes' | 'edges' | 'definitions'>): void {
  const { excess } = unfoldingOf(document);
  if (excess === undefined) return;
  throw new LoomError(
    'too-large',
    excessSentence(excess),
    {},
    {
      fix: 'Use fewer instances, or fewer inside each other.',
      details: { size: excess.size, limit: excess.limit, unit: excess.what },
    },
  );
}
