'use client';
/** React Flow's nodes and edges, derived from the document and the view; an unchanged item keeps its object. */
import { useSyncExternalStore } from 'react';
import type { Edge, Node } from 'reactflow';
import type { LoomDocument } from '@/engine';
import { gesture, view } from '../_state/view';
import { workspace } from '../_state/workspace';
import { nodeWidth } from './node/width';

const noData = {};

/** Reuses yesterday's object when every field is the same. */
function keep<T extends object>(cache: Map<string, T>, id: string, next: T): T {
  const before = cache.get(id);
  if (before !== undefined) {
    const same = Object.entries(next).every(([key, value]) => Object.is(Reflect.get(before, key), value));
    if (same && Object.keys(before).length === Object.keys(next).length) return before;
  }
  cache.set(id, next);
  return next;
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

const nodeCache = new Map<string, Node>();
const flowNodes = derived(
  () => {
    const { nodes, groups, notes } = workspace.getState().document;
    const { drag, resize, measured } = gesture.getState();
    return { nodes, groups, notes, selection: view.getState().selection, drag, resize, measured };
  },
  ({ nodes, groups, notes, selection, drag, resize, measured }, before: Node[] | undefined) => {
    const made: Node[] = [];
    const put = (node: Node): void => {
      made.push(keep(nodeCache, node.id, node));
    };
    const common = (id: string) => {
      const size = measured.get(id);
      return { data: noData, selected: selection.has(id), ...(size === undefined ? {} : { measured: size }) };
    };
    const box = (
      type: 'frame' | 'note',
      id: string,
      item: LoomDocument['groups'][string] | LoomDocument['notes'][string],
      zIndex: number,
    ): void => {
      const size = resize.get(id) ?? item.size;
      put({
        id,
        type,
        position: drag.get(id) ?? item.position,
        zIndex,
        style: styleOf(size.width, size.height),
        ...common(id),
      });
    };
    for (const [key, group] of Object.entries(groups)) box('frame', `group:${key}`, group, -2);
    for (const [key, note] of Object.entries(notes)) box('note', `note:${key}`, note, -1);
    for (const [id, node] of Object.entries(nodes)) {
      const width = resize.get(id)?.width ?? node.size?.width ?? nodeWidth;
      put({
        id,
        type: 'loom',
        position: drag.get(id) ?? node.position,
        style: styleOf(width),
        ...common(id),
      });
    }
    forget(nodeCache, made);
    return keepList(before, made);
  },
);

const edgeCache = new Map<string, Edge>();
const flowEdges = derived(
  () => {
    const { nodes, edges } = workspace.getState().document;
    return { nodes, edges, selection: view.getState().edges };
  },
  ({ nodes, edges, selection }, before: Edge[] | undefined) => {
    const made = Object.entries(edges).flatMap(([id, { from, to }]) => {
      // A wire whose node is gone has nowhere to be drawn; the problems list names it.
      if (!(from.node in nodes) || !(to.node in nodes)) return [];
      return [
        keep(edgeCache, id, {
          id,
          type: 'wire',
          source: from.node,
          sourceHandle: from.port,
          target: to.node,
          targetHandle: to.port,
          selected: selection.has(id),
          ariaLabel: `${from.node} ${from.port} → ${to.node} ${to.port}`,
        }),
      ];
    });
    forget(edgeCache, made);
    return keepList(before, made);
  },
);

/** Lets go of what is long gone. */
function forget<T extends { readonly id: string }>(cache: Map<string, T>, made: readonly T[]): void {
  if (cache.size <= made.length * 2 + 64) return;
  cache.clear();
  for (const thing of made) cache.set(thing.id, thing);
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
