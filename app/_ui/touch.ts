/**
 * What the page does not need to be seen is fetched at the person's first sign
 * of life, not before: a first visit stays small, and everything is there by
 * the time a hand has reached a button.
 */
const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart', 'drop'] as const;

let touched: Promise<void> | undefined;

/** Resolves at the first movement of pointer, key or wheel in this page; the same promise each time. */
export function firstTouch(): Promise<void> {
  touched ??= new Promise((resolve) => {
    const done = (): void => {
      for (const sign of signs) removeEventListener(sign, done, true);
      resolve();
    };
    for (const sign of signs) addEventListener(sign, done, { capture: true, passive: true });
  });
  return touched;
}
