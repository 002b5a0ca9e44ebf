'use client';
/**
 * Menus, selects and panels are Base UI's as they are, mounted from the first press on: a canvas has hundreds of
 * triggers, and an untouched page needs none of the code. It is fetched at the first interaction. Not `React.lazy`:
 * that suspends once even when the code is there, and keys pressed meanwhile would be hotkeys.
 */
import { useSyncExternalStore } from 'react';
import { firstInteraction } from './first-interaction';

type Overlays = typeof import('./overlay-parts');

let parts: Overlays | undefined;
let coming: Promise<void> | undefined;
const listeners = new Set<() => void>();

/** Fetches the code; a fetch that failed is tried again by the next call. */
export function loadOverlays(): Promise<void> {
  coming ??= import('./overlay-parts').then(
    (found) => {
      parts = found;
      for (const listener of listeners) listener();
    },
    (thrown: unknown) => {
      coming = undefined;
      throw thrown;
    },
  );
  return coming;
}

/** Fetches them once somebody is there. */
export const preloadOverlays = (): Promise<void> =>
  firstInteraction()
    .then(loadOverlays)
    // Shown where one is opened; here nobody waits yet.
    .catch(() => undefined);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The overlays; undefined until they are there. */
export const useOverlays = (): Overlays | undefined =>
  useSyncExternalStore(
    subscribe,
    () => parts,
    () => undefined,
  );
