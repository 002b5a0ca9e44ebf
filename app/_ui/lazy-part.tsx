'use client';
import { lazy, Suspense, type ComponentType } from 'react';

/**
 * A component whose code is fetched when it is first drawn. It waits in a
 * boundary of its own: `next/dynamic` has none when it is given no `loading`,
 * and then the whole editor is hidden while a panel's code is on its way.
 */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Part = lazy(async () => ({ default: await load() }));
  return function LazyPart(props: P) {
    return (
      <Suspense fallback={null}>
        <Part {...props} />
      </Suspense>
    );
  };
}
