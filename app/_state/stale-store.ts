/** Nodes of the active document whose output no longer matches the graph. Looked at when the hands rest. */
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { LoomDocument } from '@/engine';
import { runStore } from './run-store';
import { staleSince } from './stale';
import { workspace } from './workspace';

const none: ReadonlySet<string> = new Set();
const staleStore = createStore<{ readonly stale: ReadonlySet<string> }>(() => ({ stale: none }));

/** Whether what this node shows was computed from an earlier state of the graph. */
export const useStale = (node: string): boolean => useStore(staleStore, ({ stale }) => stale.has(node));

/** Milliseconds without a change before stale marks are looked at again: typing never waits for them. */
const rest = 150;

function lookAgain(): void {
  const { active, document } = workspace.getState();
  const computed = Object.entries(runStore.getState().computed[active] ?? {});
  const tests = new Map<LoomDocument, (node: string) => boolean>();
  const stale = computed
    .filter(([node, ran]) => {
      const isStale = tests.get(ran) ?? staleSince(ran, document);
      tests.set(ran, isStale);
      return isStale(node);
    })
    .map(([node]) => node);
  const before = staleStore.getState().stale;
  if (stale.length === before.size && stale.every((node) => before.has(node))) return;
  staleStore.setState({ stale: stale.length === 0 ? none : new Set(stale) });
}

/** Follows the document and its runs. @returns stops following */
export function followStale(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(lookAgain, rest);
  };
  const stops = [
    workspace.subscribe((now, before) => {
      if (now.document !== before.document || now.active !== before.active) soon();
    }),
    runStore.subscribe((now, before) => {
      if (now.computed !== before.computed) soon();
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
