'use client';
import { useEffect, useState } from 'react';
import { toLoomError, type LoomError } from '@/engine/types';
import type { InspectClient, Snapshot } from '../_snapshots/messages';

/** A place in the graph where a value flows. */
export interface InspectTarget {
  /** The document, where several are open. */
  readonly tab: string;
  readonly node: string;
  readonly port: string;
  /** What the person calls it, e.g. "Sampler › latent". */
  readonly title: string;
}

export type SnapshotState =
  | { readonly is: 'loading' }
  | { readonly is: 'ready'; readonly snapshot: Snapshot }
  | { readonly is: 'not-computed' }
  | { readonly is: 'failed'; readonly error: LoomError };

/** The value at a target, asked for anew whenever `version` rises. While a newer one is on its way the old one stays. */
export function useSnapshot(
  client: InspectClient,
  target: InspectTarget | null,
  version: number,
): SnapshotState {
  const key = target ? `${target.tab} ${target.node} ${target.port}` : '';
  const [state, setState] = useState<{ key: string; state: SnapshotState }>({
    key,
    state: { is: 'loading' },
  });
  useEffect(() => {
    if (!target) return undefined;
    const abort = new AbortController();
    const become = (next: SnapshotState): void => {
      if (!abort.signal.aborted) setState({ key, state: next });
    };
    client.inspect(target.node, target.port, abort.signal).then(
      (snapshot) => become(snapshot ? { is: 'ready', snapshot } : { is: 'not-computed' }),
      (error: unknown) => become({ is: 'failed', error: toLoomError(error) }),
    );
    return () => abort.abort();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the title does not change what is asked
  }, [client, key, version]);
  return state.key === key ? state.state : { is: 'loading' };
}
