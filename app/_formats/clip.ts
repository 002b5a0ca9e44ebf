/** Nodes on the clipboard: JSON text, so that they can be pasted into another tab, a chat or an editor. */
import { getOwn } from '@/engine/types';
import { z } from 'zod';
import {
  definitionSchema,
  documentVersion,
  edgeSchema,
  freshId,
  groupSchema,
  LoomError,
  nodeSchema,
  noteSchema,
  parseDocument,
  type LoomDocument,
} from '@/engine';
import { duplicateKey } from './parse-text';

const endpoint = z.looseObject({ node: z.string(), port: z.string() });
const clipSchema = z.looseObject({
  format: z.literal('latent-loom-nodes'),
  version: z.literal(1),
  /** Version of the document the nodes came from: they migrate with it. */
  document: z.int().min(1),
  nodes: z.record(z.string(), nodeSchema),
  /** Edges between the copied nodes. */
  edges: z.record(z.string(), edgeSchema),
  /** Edges from nodes that were not copied, with the type of the node they came from. */
  incoming: z.array(z.looseObject({ from: endpoint, fromType: z.string(), to: endpoint })),
  groups: z.record(z.string(), groupSchema),
  notes: z.record(z.string(), noteSchema),
  definitions: z.record(z.string(), definitionSchema),
});
export type Clip = z.output<typeof clipSchema>;

export interface Selection {
  readonly nodes: readonly string[];
  readonly groups?: readonly string[];
  readonly notes?: readonly string[];
}

/** Definitions that the given nodes are instances of, and theirs, whichever parameter names them. */
function definitionsOf(document: LoomDocument, nodes: LoomDocument['nodes']): LoomDocument['definitions'] {
  const found: LoomDocument['definitions'] = {};
  const waiting = [nodes];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const node of Object.values(next))
      for (const id of [
        ...Object.values(node.params),
        node.type,
        node.type.slice(node.type.indexOf('/') + 1),
      ]) {
        if (typeof id !== 'string' || Object.hasOwn(found, id) || !Object.hasOwn(document.definitions, id))
          continue;
        const definition = getOwn(document.definitions, id);
        if (definition === undefined) continue;
        found[id] = definition;
        waiting.push(definition.nodes);
      }
  return found;
}

const pick = <T>(record: Readonly<Record<string, T>>, ids: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([id]) => ids.includes(id)));

/**
 * The selection as clipboard text. Ids that the document does not have are left out.
 * @param incoming also remember edges that come from nodes outside the selection
 */
export function copyNodes(
  document: LoomDocument,
  selection: Selection,
  { incoming = false }: { readonly incoming?: boolean } = {},
): string {
  const nodes = pick(document.nodes, selection.nodes);
  const within = (id: string): boolean => Object.hasOwn(nodes, id);
  const edges = Object.entries(document.edges);
  const clip: Clip = {
    format: 'latent-loom-nodes',
    version: 1,
    document: documentVersion,
    nodes,
    edges: Object.fromEntries(edges.filter(([, { from, to }]) => within(from.node) && within(to.node))),
    incoming: incoming
      ? edges
          .filter(
            ([, { from, to }]) =>
              !within(from.node) && within(to.node) && Object.hasOwn(document.nodes, from.node),
          )
          .map(([, { from, to }]) => ({ from, fromType: getOwn(document.nodes, from.node)?.type ?? '', to }))
      : [],
    groups: pick(document.groups, selection.groups ?? []),
    notes: pick(document.notes, selection.notes ?? []),
    definitions: definitionsOf(document, nodes),
  };
  return JSON.stringify(clip, null, 1);
}

/**
 * Copied nodes in a clipboard text; undefined when it is something else.
 * @throws LoomError when the text says it is copied nodes but is damaged
 */
export function readClip(text: string): Clip | undefined {
  if (!/^\s*\{\s*"format"\s*:\s*"latent-loom-nodes"/.test(text)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new LoomError(
      'file-damaged',
      'The copied nodes are not complete.',
      { file: 'clipboard' },
      { cause },
    );
  }
  if (duplicateKey(text) !== undefined) throw damaged(undefined);
  const envelope = z.looseObject({ version: z.number() }).safeParse(json);
  if (!envelope.success || envelope.data.version !== 1)
    throw new LoomError('unsupported', 'These nodes were copied in a newer version.', { file: 'clipboard' });
  // The parts of a document are held to the document's own limits and checks, and migrated with it.
  const parts = z
    .looseObject({ document: z.int(), nodes: z.unknown(), edges: z.unknown(), groups: z.unknown() })
    .safeParse(json);
  if (!parts.success) throw damaged(parts.error);
  const { document } = parseDocument(
    JSON.stringify({
      format: 'latent-loom',
      version: parts.data.document,
      nodes: parts.data.nodes,
      edges: parts.data.edges,
      groups: parts.data.groups,
      notes: parts.data['notes'],
      definitions: parts.data['definitions'],
    }),
  );
  const clip = clipSchema.safeParse({
    ...parts.data,
    document: documentVersion,
    nodes: document.nodes,
    edges: document.edges,
    groups: document.groups,
    notes: document.notes,
    definitions: document.definitions,
  });
  if (!clip.success) throw damaged(clip.error);
  return clip.data;
}

const damaged = (cause: unknown): LoomError =>
  new LoomError('invalid-document', 'The copied nodes are damaged.', { file: 'clipboard' }, { cause });

/** What a paste made, to be selected. */
export interface Pasted {
  readonly nodes: readonly string[];
  readonly groups: readonly string[];
  readonly notes: readonly string[];
  /** Old node id → new one. */
  readonly renamed: ReadonlyMap<string, string>;
}

/**
 * Puts a clip into a document (an immer draft or a plain copy; changed in place).
 * Ids that are free are kept, so that a paste into an empty document stays readable.
 * @param at where the upper left corner of the clip comes to stand, in canvas units; without it, 40 to the lower right of where it was
 */
export function pasteClip(
  draft: LoomDocument,
  clip: Clip,
  { at }: { readonly at?: { readonly x: number; readonly y: number } } = {},
): Pasted {
  const things = [...Object.values(clip.nodes), ...Object.values(clip.groups), ...Object.values(clip.notes)];
  const left = Math.min(...things.map((thing) => thing.position.x));
  const top = Math.min(...things.map((thing) => thing.position.y));
  const by = at && things.length > 0 ? { x: at.x - left, y: at.y - top } : { x: 40, y: 40 };
  const moved = <T extends { position: { x: number; y: number } }>(thing: T): T => ({
    ...structuredClone(thing),
    position: { ...thing.position, x: thing.position.x + by.x, y: thing.position.y + by.y },
  });
  const add = <T>(into: Record<string, T>, id: string, thing: T): string => {
    const fresh = freshId(into, id);
    into[fresh] = thing;
    return fresh;
  };

  const original = new Map(Object.entries(draft.nodes).map(([id, node]) => [id, node.type]));
  const renamed = new Map<string, string>();
  for (const [id, node] of Object.entries(clip.nodes)) renamed.set(id, add(draft.nodes, id, moved(node)));
  const to = (end: { node: string; port: string }) => ({ ...end, node: renamed.get(end.node) ?? end.node });
  for (const [id, edge] of Object.entries(clip.edges))
    if (renamed.has(edge.from.node) && renamed.has(edge.to.node))
      add(draft.edges, id, { ...structuredClone(edge), from: to(edge.from), to: to(edge.to) });
  for (const connection of clip.incoming)
    // Another document may have a node of this name and type; any other is not the one that was meant.
    if (renamed.has(connection.to.node) && original.get(connection.from.node) === connection.fromType)
      add(draft.edges, `${connection.from.node}-${connection.to.node}`, {
        from: { ...connection.from },
        to: to(connection.to),
      });
  for (const [id, definition] of Object.entries(clip.definitions))
    if (!Object.hasOwn(draft.definitions, id)) draft.definitions[id] = structuredClone(definition);
  return {
    nodes: [...renamed.values()],
    groups: Object.entries(clip.groups).map(([id, group]) => add(draft.groups, id, moved(group))),
    notes: Object.entries(clip.notes).map(([id, note]) => add(draft.notes, id, moved(note))),
    renamed,
  };
}
