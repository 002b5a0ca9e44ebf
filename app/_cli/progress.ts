/** Progress on a terminal: one bar per node at work. Silent when the output is not a terminal. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { Progress } from '@/engine/types';

export interface ProgressView {
  update(node: string, progress: Progress): void;
  done(node: string): void;
  stop(): void;
}

const silent: ProgressView = { update: () => {}, done: () => {}, stop: () => {} };

const amount = (value: number, unit: Progress['unit']) =>
  unit === 'bytes' ? `${(value / 1e6).toFixed(1)} MB` : String(value);

/** Bars on standard error, so that piping standard output stays clean. */
export function progressView(stream: NodeJS.WriteStream = process.stderr): ProgressView {
  if (!stream.isTTY) return silent;
  const bars = new Map<string, SingleBar>();
  const multi = new MultiBar(
    {
      stream,
      hideCursor: true,
      clearOnComplete: true,
      format: '{node} {bar} {at} of {of}  {duration_formatted}, {eta_formatted} left',
    },
    Presets.shades_classic,
  );
  return {
    update(node, { done, total, unit }) {
      const payload = { node: node.padEnd(12), at: amount(done, unit), of: amount(total, unit) };
      const bar = bars.get(node) ?? multi.create(total, done, payload);
      bars.set(node, bar);
      if (bar.getTotal() !== total) bar.setTotal(total);
      bar.update(done, payload);
    },
    done(node) {
      const bar = bars.get(node);
      if (bar) multi.remove(bar);
      bars.delete(node);
    },
    stop: () => multi.stop(),
  };
}
