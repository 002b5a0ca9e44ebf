'use client';
/** Questions to the window that change with it. */
const matches = (query: string) => ({
  subscribe: (changed: () => void) => {
    const list = matchMedia(query);
    list.addEventListener('change', changed);
    return () => list.removeEventListener('change', changed);
  },
  get: () => matchMedia(query).matches,
});
/** A phone, or a window as narrow as one. */
export const narrow = matches('(max-width: 760px)');
export const systemDark = matches('(prefers-color-scheme: dark)');
