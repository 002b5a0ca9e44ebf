'use client';
/** React Flow's nodes and edges, derived from the document and the view; an unchanged item keeps its object. */
import { useSyncExternalStore } from 'react';
import type { Edge, Node } from 'reactflow';
import type { LoomDocument } from '@/engine';
import { gesture, view } from '../../_state/view';
import { workspace } from '../../_state/workspace';
import { nodeWidth } from '../../_state/node-width';

const noData = {};

/** Reuses yesterday's object when every field is the same. */
function keep<T extends object>(before: T | undefined, next: T): T {
  if (before === undefined) return next;
  const same = Object.entries(next).every(([key, value]) => Object.is(Reflect.get(before, key), value));
  return same && Object.keys(before).length === Object.keys(next).length ? before : next;
}

/** Yesterday's list when it has the same things in it: React Flow takes in a new list node by node. */
function keepList<T>(before: T[] | undefined, next: T[]): T[] {
  const same = before?.length === next.length && next.every((thing, index) => thing === before[index]);
  return before !== undefined && same ? before : next;
}

const styles = new Map<string, { width: number; height?: number }>();
function styleOf(width: number, height?: number): { width: number; height?: number } {
  const key = `${width} ${height ?? ''}`;
  const known = styles.get(key);
  if (known !== undefined) return known;
  const style = height === undefined ? { width } : { width, height };
  styles.set(key, style);
  return style;
}

/** A reading of the stores that is made anew only when one of its parts is another object. */
function derived<Part extends object, T>(
  parts: () => Part,
  make: (parts: Part, before: T | undefined) => T,
): () => T {
  let last: { readonly parts: Part; readonly made: T } | undefined;
  return () => {
    const now = parts();
    const known = last;
    if (
      known !== undefined &&
      Object.entries(now).every(([key, part]) => Reflect.get(known.parts, key) === part)
    )
      return known.made;
    const made = make(now, known?.made);
    last = { parts: now, made };
    return made;
  };
}

type Placed = LoomDocument['nodes'][string] | LoomDocument['groups'][string] | LoomDocument['notes'][string];
/** A node as last made, and all that it was made of: of a thousand nodes an edit changes one. */
interface MadeNode {
  readonly item: Placed;
  readonly at: Node['position'] | undefined;
  readonly wanted: { readonly width: number; readonly height: number } | undefined;
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly selected: boolean;
  readonly node: Node;
}
const nodeCache = new Map<string, MadeNode>();
const flowNodes = derived(
  () => {
    const { nodes, groups, notes } = workspace.getState().document;
    const { drag, resize, measured } = gesture.getState();
    return { nodes, groups, notes, selection: view.getState().selection, drag, resize, measured };
  },
  ({ nodes, groups, notes, selection, drag, resize, measured }, before: Node[] | undefined) => {
    const made: Node[] = [];
    const put = (type: 'group' | 'note' | 'loom', id: string, item: Placed): void => {
      const at = drag.get(id);
      const wanted = resize.get(id);
      const size = measured.get(id);
      const selected = selection.has(id);
      const known = nodeCache.get(id);
      if (
        known?.item === item &&
        known.at === at &&
        known.wanted === wanted &&
        known.size === size &&
        known.selected === selected
      ) {
        made.push(known.node);
        return;
      }
      const node = keep(known?.node, {
        id,
        type,
        position: at ?? item.position,
        ...looks(type, wanted ?? item.size),
        data: noData,
        selected,
        ...(size === undefined ? {} : { measured: size }),
      });
      nodeCache.set(id, { item, at, wanted, size, selected, node });
      made.push(node);
    };
    for (const [key, group] of Object.entries(groups)) put('group', `group:${key}`, group);
    for (const [key, note] of Object.entries(notes)) put('note', `note:${key}`, note);
    for (const [id, node] of Object.entries(nodes)) put('loom', id, node);
    forget(nodeCache, made);
    return keepList(before, made);
  },
);

/** A node is as high as what is in it; frames and notes have the size they were given, and lie below. */
function looks(
  type: 'group' | 'note' | 'loom',
  size: { readonly width: number; readonly height: number } | undefined,
): Pick<Node, 'style' | 'zIndex'> {
  if (type === 'loom') return { style: styleOf(size?.width ?? nodeWidth) };
  return { style: styleOf(size?.width ?? nodeWidth, size?.height), zIndex: type === 'group' ? -2 : -1 };
}

/** Which nodes there are: the same list until one comes or goes, whatever is edited in them. */
const nodeIds = derived(
  () => ({ nodes: workspace.getState().document.nodes }),
  ({ nodes }, before: { readonly ids: readonly string[]; readonly has: ReadonlySet<string> } | undefined) => {
    const ids = Object.keys(nodes);
    const same = before?.ids.length === ids.length && ids.every((id, index) => id === before.ids[index]);
    return before !== undefined && same ? before : { ids, has: new Set(ids) };
  },
);

interface MadeEdge {
  readonly edge: LoomDocument['edges'][string];
  readonly selected: boolean;
  readonly connection: Edge;
}
const edgeCache = new Map<string, MadeEdge>();
const flowEdges = derived(
  () => ({ edges: workspace.getState().document.edges, nodes: nodeIds(), selection: view.getState().edges }),
  ({ edges, nodes, selection }, before: Edge[] | undefined) => {
    const made: Edge[] = [];
    for (const [id, edge] of Object.entries(edges)) {
      const { from, to } = edge;
      // An edge whose node is gone has nowhere to be drawn; the problems list names it.
      if (!nodes.has.has(from.node) || !nodes.has.has(to.node)) continue;
      const selected = selection.has(id);
      const known = edgeCache.get(id);
      if (known?.edge === edge && known.selected === selected) {
        made.push(known.connection);
        continue;
      }
      const connection = keep(known?.connection, {
        id,
        type: 'loom',
        source: from.node,
        sourceHandle: from.port,
        target: to.node,
        targetHandle: to.port,
        selected,
        ariaLabel: `${from.node} ${from.port} → ${to.node} ${to.port}`,
      });
      edgeCache.set(id, { edge, selected, connection });
      made.push(connection);
    }
    forget(edgeCache, made);
    return keepList(before, made);
  },
);

/** Lets go of what is long gone. */
function forget(cache: Map<string, unknown>, made: readonly { readonly id: string }[]): void {
  if (cache.size <= made.length * 2 + 64) return;
  const there = new Set(made.map(({ id }) => id));
  for (const id of cache.keys()) if (!there.has(id)) cache.delete(id);
}

function subscribe(changed: () => void): () => void {
  const stops = [workspace.subscribe(changed), view.subscribe(changed), gesture.subscribe(changed)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** What React Flow draws. An edit that moves nothing and adds nothing gives the same list: the canvas is left alone. */
export const useFlowNodes = (): Node[] => useSyncExternalStore(subscribe, flowNodes, flowNodes);
export const useFlowEdges = (): Edge[] => useSyncExternalStore(subscribe, flowEdges, flowEdges);
