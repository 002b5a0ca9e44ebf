/** Finished pictures, newest first. */
import { nanoid } from 'nanoid';
import type { LoomDocument } from '@/engine';
import { resultLimit, runStore, type QueuedRun, type Result } from './run-store';

/** Keeps a picture with the graph that made it. */
export function addResult(current: QueuedRun, node: string, picture: Result['picture'], ms: number): void {
  const { results } = runStore.getState();
  // The same graph drawn from the cache again is the same result.
  const twin = results.find(
    (result) => result.document === current.document && result.node === node && result.run !== current.run,
  );
  if (twin !== undefined) return;
  const document = JSON.parse(current.document) as LoomDocument;
  const seeds = Object.values(document.nodes).flatMap(({ params }) => {
    const seed = params['seed'];
    return typeof seed === 'string' ? [seed] : [];
  });
  // The words that were drawn; a class where there are none.
  const title = ['text', 'class'].flatMap((name) =>
    Object.values(document.nodes).flatMap(({ params }) => {
      const text = params[name];
      return typeof text === 'string' && text !== '' ? [text] : [];
    }),
  );
  const result: Result = {
    id: nanoid(8),
    run: current.run,
    node,
    picture,
    document: current.document,
    seed: seeds[0],
    title: title[0] ?? '',
    ms,
    at: Date.now(),
  };
  runStore.setState({ results: [result, ...results].slice(0, resultLimit) });
}
