'use client';
import { useEffect, useState, type ComponentType } from 'react';
import { late } from './late';

/** A component whose code comes later. */
export type LazyPart<P extends object> = ComponentType<P> & {
  /** Fetches the code before it is drawn; rejects as the fetch does. */
  readonly fetch: () => Promise<unknown>;
};

/**
 * A component whose code is fetched when it is first drawn, or before by
 * `fetch`. Not `React.lazy`: that suspends once even when the code is there,
 * and React then shows the part up to 300 ms late; letters typed meanwhile
 * would be the canvas' hotkeys. Here code that is there is drawn at once. A
 * failed fetch is thrown where the part is drawn. `Meanwhile` is drawn until
 * the code is there; nothing without it.
 */
export function lazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Meanwhile?: ComponentType,
): LazyPart<P> {
  const code = late(load);
  function Part(props: P) {
    const Loaded = code.use();
    const [failed, setFailed] = useState<{ readonly thrown: unknown }>();
    useEffect(() => {
      let gone = false;
      code.load().catch((thrown: unknown) => {
        if (!gone) setFailed({ thrown });
      });
      return () => {
        gone = true;
      };
    }, []);
    if (failed !== undefined) throw failed.thrown;
    if (Loaded !== undefined) return <Loaded {...props} />;
    return Meanwhile === undefined ? null : <Meanwhile />;
  }
  return Object.assign(Part, { fetch: () => code.load() });
}
