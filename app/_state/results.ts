/** Finished pictures, newest first. Kept in the browser by `_persistence/persist-results.ts`. */
import { nanoid } from 'nanoid';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { LoomError, type LoomDocument } from '@/engine';
import type { Picture, QueuedRun } from './run-store';
import { captionOfValue, cellText, type SweepCell } from './sweeps';

/** What is known of a result beside its pixels. */
export interface ResultFacts {
  readonly id: string;
  readonly run: string;
  /** The tab that it was drawn in: its nodes show it again after a reload. */
  readonly tab: string;
  readonly node: string;
  /** Which element of its node's batch, from 0; sweeps count on. */
  readonly element: number;
  /** Canonical JSON of the document at the time of the run. */
  readonly document: string;
  readonly seed?: string | undefined;
  /** The swept values that made it, as captions; empty without a sweep. */
  readonly values: readonly string[];
  /** The prompt, or the class where there is none. */
  readonly title: string;
  readonly ms: number;
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** Kept whatever the budget says. */
  readonly kept: boolean;
}

/** A finished picture and the graph that made it. */
export interface Result extends ResultFacts {
  /** PNG without the graph. */
  readonly png: Blob;
  /** An address of `png` for `<img>`; lives as long as the page. */
  readonly url: string;
}

export const resultStore = createStore<{ readonly results: readonly Result[] }>(() => ({ results: [] }));
export const useResults = <T>(select: (results: readonly Result[]) => T): T =>
  useStore(resultStore, (state) => select(state.results));

/** Told of every change, so that it is kept: `undefined` facts mean that the result is gone. */
type Listener = (change: { readonly put: Result } | { readonly removed: readonly string[] }) => void;
const listeners = new Set<Listener>();
export function onResultChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
const tell: Listener = (change) => {
  for (const listener of listeners) listener(change);
};

/** The first non-empty text of a document's nodes under one of these parameters. */
function firstText(document: LoomDocument, names: readonly string[]): string {
  for (const name of names)
    for (const { params } of Object.values(document.nodes)) {
      const text = params[name];
      if (typeof text === 'string' && text !== '') return text;
    }
  return '';
}

/** RGBA as a PNG, off the main thread. */
async function encoded(picture: Picture): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new LoomError('unsupported', 'This browser draws no pictures.');
  context.putImageData(new ImageData(picture.rgba, picture.width, picture.height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** Encoding takes a moment: results stay in the order in which they were drawn. */
let adding: Promise<void> = Promise.resolve();

/** Adds a picture with the graph that made it. The same graph drawn from the cache again is the same result. */
export function addResult(
  current: QueuedRun,
  made: {
    readonly node: string;
    readonly element: number;
    /** What drew it: the run's document, or one combination of its sweeps. */
    readonly cell: SweepCell;
    readonly picture: Picture;
    readonly ms: number;
  },
): void {
  const at = Date.now();
  adding = adding.then(async () => {
    const { results } = resultStore.getState();
    const { document } = made.cell;
    const written = made.cell.values.length === 0 ? current.document : cellText(made.cell);
    const isTwin = (result: Result): boolean =>
      result.document === written &&
      result.node === made.node &&
      result.element === made.element &&
      result.run !== current.run;
    if (results.some(isTwin)) return;
    const png = await encoded(made.picture);
    const seed = firstText(document, ['seed']);
    const result: Result = {
      id: nanoid(8),
      run: current.run,
      tab: current.tab,
      node: made.node,
      element: made.element,
      document: written,
      values: made.cell.values.map(({ value }) => captionOfValue(value)),
      seed: seed === '' ? undefined : seed,
      title: firstText(document, ['text', 'class']),
      ms: made.ms,
      at,
      width: made.picture.width,
      height: made.picture.height,
      kept: false,
      png,
      url: URL.createObjectURL(png),
    };
    resultStore.setState((state) => ({ results: [result, ...state.results] }));
    tell({ put: result });
  });
}

/** Keeps a result whatever the budget says, or lets the budget have it again. */
export function keepResult(id: string, kept: boolean): void {
  const found = resultStore.getState().results.find((result) => result.id === id);
  if (found === undefined) return;
  const changed = { ...found, kept };
  resultStore.setState(({ results }) => ({
    results: results.map((result) => (result.id === id ? changed : result)),
  }));
  tell({ put: changed });
}

/** Takes results away, for good. */
export function removeResults(ids: readonly string[]): void {
  forgetResults(ids);
  tell({ removed: ids });
}

/** As {@link removeResults}, where the store behind has done it already. */
export function forgetResults(ids: readonly string[]): void {
  const gone = new Set(ids);
  const { results } = resultStore.getState();
  for (const result of results) if (gone.has(result.id)) URL.revokeObjectURL(result.url);
  resultStore.setState({ results: results.filter(({ id }) => !gone.has(id)) });
}

/** Shows results that were kept; what is there already stays as it is. */
export function bringBack(stored: readonly (ResultFacts & { readonly png: Blob })[]): void {
  const { results } = resultStore.getState();
  const there = new Set(results.map(({ id }) => id));
  const back = stored
    .filter(({ id }) => !there.has(id))
    .map((facts): Result => ({ ...facts, url: URL.createObjectURL(facts.png) }));
  if (back.length === 0) return;
  resultStore.setState({ results: [...results, ...back].toSorted((a, b) => b.at - a.at) });
}
