'use client';
/**
 * When somebody is there: the first movement of pointer, key or wheel in this page. What a person may open is fetched
 * from then on, so that a first visit stays small.
 */
import { useEffect, useState } from 'react';

const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart', 'drop'] as const;

let interacted: Promise<void> | undefined;

/** Resolves at the first interaction with the page; the same promise each time. */
export function firstInteraction(): Promise<void> {
  interacted ??= new Promise((resolve) => {
    const done = (): void => {
      for (const sign of signs) removeEventListener(sign, done, true);
      resolve();
    };
    for (const sign of signs) addEventListener(sign, done, { capture: true, passive: true });
  });
  return interacted;
}

/** Whether anybody has interacted with the page yet. */
export function useFirstInteraction(): boolean {
  const [there, setThere] = useState(false);
  useEffect(() => void firstInteraction().then(() => setThere(true)), []);
  return there;
}
