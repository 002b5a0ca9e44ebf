/** Couples the strip of results with the store: pictures come back after a reload, and every new one is kept at once. */
import { createStore } from 'zustand/vanilla';
import { documentSchema } from '@/engine';
import { toLoomError, type LoomError } from '@/engine/types';
import { preferences } from '../_state/preferences';
import { bringBack, forgetResults, onResultChange, resultStore } from '../_state/results';
import { runStore, setComputed, setPictures, type Picture } from '../_state/run-store';
import { workspace } from '../_state/workspace';
import { openResultStore, toStored, type ResultStore } from './result-store';

/** Why results are not kept; undefined while they are. */
export const resultKeeping = createStore<{ readonly error: LoomError | undefined }>(() => ({
  error: undefined,
}));

const budgetBytes = (): number => preferences.getState().resultsMegabytes * 1e6;
const failed = (error: unknown): void => resultKeeping.setState({ error: toLoomError(error) });

let started = false;

/** Brings results back and keeps new ones. Never rejects: {@link resultKeeping} says what is wrong. */
export async function persistResults(): Promise<void> {
  if (started) return;
  started = true;
  let store: ResultStore;
  try {
    store = await openResultStore();
    bringBack(await store.list());
  } catch (error) {
    failed(error);
    return;
  }
  // One after the other: what is trimmed depends on what was put before.
  let last: Promise<void> = Promise.resolve();
  const queue = (work: () => Promise<void>): void => {
    last = last.then(work).catch(failed);
  };
  onResultChange((change) =>
    queue(async () => {
      if ('put' in change) {
        forgetResults(await store.put(toStored(change.put), budgetBytes()));
        resultKeeping.setState({ error: undefined });
      } else await store.remove(change.removed);
    }),
  );
  preferences.subscribe((now, before) => {
    if (now.resultsMegabytes < before.resultsMegabytes)
      queue(async () => forgetResults(await store.trim(budgetBytes())));
  });
  store.onChanged(() =>
    queue(async () => {
      const there = await store.list();
      const ids = new Set(there.map(({ id }) => id));
      forgetResults(
        resultStore
          .getState()
          .results.filter(({ id }) => !ids.has(id))
          .map(({ id }) => id),
      );
      bringBack(there);
    }),
  );
  await showInNodes();
}

/** Nodes of the open tabs show the pictures of the last run that made any. */
async function showInNodes(): Promise<void> {
  for (const tab of workspace.getState().tabs) {
    const mine = resultStore.getState().results.filter((result) => result.tab === tab.id);
    for (const node of new Set(mine.map((result) => result.node))) {
      const newest = mine.find((result) => result.node === node);
      const batch = mine
        .filter((result) => result.node === node && result.run === newest?.run)
        .toSorted((a, b) => a.at - b.at || a.element - b.element);
      const pictures = await Promise.all(
        batch.map(async ({ png, values }) => ({
          ...(await decoded(png)),
          ...(values.length === 0 ? {} : { caption: values.join(' · ') }),
        })),
      ).catch(() => []);
      // A run that was quicker than this has something newer to show.
      if (runStore.getState().pictures[tab.id]?.[node] === undefined && pictures.length > 0) {
        setPictures(tab.id, node, pictures);
        if (newest !== undefined)
          setComputed(tab.id, node, documentSchema.parse(JSON.parse(newest.document)));
      }
    }
  }
}

async function decoded(png: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(png);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  const rgba = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray(width * height * 4);
  return { width, height, rgba: new Uint8ClampedArray(rgba) };
}
