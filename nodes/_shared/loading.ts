/** Waiting for weights, shown as bytes. */
import type { LoadOptions, RunContext } from '@/engine/types';

/** What a call into a package wants of a node's context: its signal, and progress that is counted in bytes. */
export const loading = ({
  signal,
  progress,
}: Pick<RunContext<never, never, never>, 'signal' | 'progress'>): LoadOptions => ({
  signal,
  progress: (done, total) => progress({ done, total, unit: 'bytes' }),
});
