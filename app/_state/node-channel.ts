'use client';
/**
 * What the canvas reads of one node. A canvas of a hundred nodes reads the
 * workspace in thousands of places; after each key typed all of them would ask
 * whether it was about them. Here each node's readers are asked only when that
 * node, what inference says of it, or the edges have changed.
 */
import { getOwn } from '@/engine/types';
import { useCallback, useRef, useSyncExternalStore } from 'react';
import { workspace, type Workspace } from './workspace';

const channels = new Map<string, Set<() => void>>();

workspace.subscribe((state, before) => {
  const all =
    state.active !== before.active ||
    state.document.edges !== before.document.edges ||
    state.document.sweeps !== before.document.sweeps ||
    state.document.definitions !== before.document.definitions ||
    state.inference.catalog !== before.inference.catalog;
  for (const [id, readers] of channels)
    if (
      all ||
      getOwn(state.document.nodes, id) !== getOwn(before.document.nodes, id) ||
      state.inference.nodes.get(id) !== before.inference.nodes.get(id) ||
      // An instance of a sub-graph has no node of its own in the unfolded graph.
      (!state.inference.nodes.has(id) && state.inference !== before.inference)
    )
      for (const reader of readers) reader();
});

/**
 * A part of the workspace that depends only on this node: its record, its types
 * and diagnostics, the edges. What depends on other nodes too reads the workspace itself.
 */
export function useNodeState<T>(
  id: string,
  select: (state: Workspace) => T,
  equal: (a: T, b: T) => boolean = Object.is,
): T {
  const last = useRef<{ readonly value: T }>(undefined);
  const subscribe = useCallback(
    (changed: () => void) => {
      const readers = channels.get(id) ?? new Set();
      channels.set(id, readers);
      readers.add(changed);
      return () => {
        readers.delete(changed);
        if (readers.size === 0) channels.delete(id);
      };
    },
    [id],
  );
  const read = (): T => {
    const value = select(workspace.getState());
    if (last.current === undefined || !equal(last.current.value, value)) last.current = { value };
    return last.current.value;
  };
  return useSyncExternalStore(subscribe, read, read);
}

/** A node of the active document by id. */
export const useNode = (id: string) => useNodeState(id, (state) => getOwn(state.document.nodes, id));
