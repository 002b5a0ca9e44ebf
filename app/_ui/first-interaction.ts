/** When somebody is there: the first movement of pointer, key or wheel in this page. */
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
