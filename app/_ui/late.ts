'use client';
/** Parts of the interface whose code comes at the first touch of the page, or when they are asked for. */
import { useSyncExternalStore } from 'react';
import { firstTouch } from './touch';

export interface Late<T> {
  /** Fetches now; the same promise each time until a fetch fails, then tried again. */
  load(): Promise<T>;
  /** The part, undefined until it is there. Asking begins to wait for the first touch. */
  use(): T | undefined;
}

/** A part of the interface behind `import()`. */
export function late<T>(fetchPart: () => Promise<T>): Late<T> {
  let part: T | undefined;
  let coming: Promise<T> | undefined;
  const listeners = new Set<() => void>();
  const load = (): Promise<T> => {
    coming ??= fetchPart().then(
      (found) => {
        part = found;
        for (const listener of listeners) listener();
        return found;
      },
      (thrown: unknown) => {
        coming = undefined;
        throw thrown;
      },
    );
    return coming;
  };
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    // A failed fetch shows where the part is asked for; here nobody waits yet.
    void firstTouch().then(() => load().catch(() => undefined));
    return () => listeners.delete(listener);
  };
  return {
    load,
    use: () =>
      useSyncExternalStore(
        subscribe,
        () => part,
        () => undefined,
      ),
  };
}
