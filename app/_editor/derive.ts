'use client';
/** React Flow's nodes and edges, derived from the document and the view; an unchanged item keeps its object. */
import { useMemo, useRef } from 'react';
import type { Edge, Node } from 'reactflow';
import { useStore } from 'zustand';
import { gesture, useView } from '../_state/view';
import { useWorkspace } from '../_state/workspace';
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

export function useFlowNodes(): Node[] {
  const nodes = useWorkspace((state) => state.document.nodes);
  const groups = useWorkspace((state) => state.document.groups);
  const notes = useWorkspace((state) => state.document.notes);
  const selection = useView((state) => state.selection);
  const { drag, resize, measured } = useStore(gesture);
  const cache = useRef(new Map<string, Node>());
  const last = useRef<Node[]>(undefined);
  return useMemo(() => {
    const made: Node[] = [];
    const put = (node: Node): void => {
      made.push(keep(cache.current, node.id, node));
    };
    const common = (id: string) => {
      const size = measured.get(id);
      return { data: noData, selected: selection.has(id), ...(size === undefined ? {} : { measured: size }) };
    };
    for (const [key, group] of Object.entries(groups)) {
      const id = `group:${key}`;
      const size = resize.get(id) ?? group.size;
      put({
        id,
        type: 'frame',
        position: drag.get(id) ?? group.position,
        zIndex: -2,
        style: styleOf(size.width, size.height),
        ...common(id),
      });
    }
    for (const [key, note] of Object.entries(notes)) {
      const id = `note:${key}`;
      const size = resize.get(id) ?? note.size;
      put({
        id,
        type: 'note',
        position: drag.get(id) ?? note.position,
        zIndex: -1,
        style: styleOf(size.width, size.height),
        ...common(id),
      });
    }
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
    if (cache.current.size > made.length * 2 + 64)
      cache.current = new Map(made.map((node) => [node.id, node]));
    last.current = keepList(last.current, made);
    return last.current;
  }, [nodes, groups, notes, selection, drag, resize, measured]);
}

export function useFlowEdges(): Edge[] {
  const edges = useWorkspace((state) => state.document.edges);
  const nodes = useWorkspace((state) => state.document.nodes);
  const selection = useView((state) => state.edges);
  const cache = useRef(new Map<string, Edge>());
  const last = useRef<Edge[]>(undefined);
  return useMemo(() => {
    const made = Object.entries(edges).flatMap(([id, { from, to }]) => {
      // A wire whose node is gone has nowhere to be drawn; the problems list names it.
      if (!(from.node in nodes) || !(to.node in nodes)) return [];
      return [
        keep(cache.current, id, {
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
    last.current = keepList(last.current, made);
    return last.current;
  }, [edges, nodes, selection]);
}
