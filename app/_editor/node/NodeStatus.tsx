'use client';
/** What a node is doing: a line of progress with steps and time left, its time when done, its error. */
import { AlertTriangle, Check, CircleSlash, Clock, Loader2, RefreshCw, Zap } from 'lucide-react';
import { useFormatter, useTranslations } from 'use-intl';
import type { NodeRun } from '../../_state/run-store';
import { useFormat } from '../../_i18n/format';

/** The small icon in the header. `stale`: what the node shows was made from an earlier state of the graph. */
export function StatusIcon({ run, stale }: { readonly run: NodeRun | undefined; readonly stale: boolean }) {
  const t = useTranslations('status');
  if (stale && (run === undefined || run.is === 'done' || run.is === 'cached'))
    return (
      <span role="img" aria-label={t('stale')} title={t('stale')} className="flex items-center text-warning">
        <RefreshCw size={13} />
      </span>
    );
  if (run === undefined) return null;
  const look = {
    waiting: { icon: <Clock size={13} />, colour: 'text-muted-foreground' },
    running: { icon: <Loader2 size={13} className="animate-spin" />, colour: 'text-primary' },
    done: { icon: <Check size={14} />, colour: 'text-success' },
    cached: { icon: <Zap size={13} />, colour: 'text-success' },
    skipped: { icon: <CircleSlash size={13} />, colour: 'text-muted-foreground' },
    failed: { icon: <AlertTriangle size={13} />, colour: 'text-destructive' },
  }[run.is];
  return (
    <span role="img" aria-label={t(run.is)} title={t(run.is)} className={`${look.colour} flex items-center`}>
      {look.icon}
    </span>
  );
}

/** Progress with count and time left. */
export function ProgressLine({ run }: { readonly run: NodeRun & { is: 'running' } }) {
  const t = useTranslations('status');
  const format = useFormat();
  const { number } = useFormatter();
  const { progress } = run;
  const part =
    progress === undefined || progress.total <= 0 ? undefined : Math.min(1, progress.done / progress.total);
  const count =
    progress === undefined
      ? t('working')
      : progress.unit === 'bytes'
        ? t('bytes', { done: format.bytes(progress.done), total: format.bytes(progress.total) })
        : progress.unit === 'steps'
          ? t('steps', { done: progress.done, total: progress.total })
          : t('items', { done: progress.done, total: progress.total });
  return (
    <div className="px-2.5 pt-1 pb-2">
      <div
        role="progressbar"
        aria-label={t('progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(part === undefined ? {} : { 'aria-valuenow': Math.round(part * 100) })}
        aria-valuetext={count}
        className="h-1.5 overflow-hidden rounded-full bg-muted"
      >
        <div
          className={
            part === undefined
              ? 'h-full w-1/3 animate-pulse bg-primary'
              : 'h-full bg-primary transition-[width] duration-150'
          }
          style={part === undefined ? undefined : { width: `${part * 100}%` }}
        />
      </div>
      <div className="mt-1 flex justify-between text-[11px] text-muted-foreground tabular-nums">
        <span>{count}</span>
        <span>
          {progress?.left === undefined
            ? part === undefined
              ? ''
              : number(part, { style: 'percent', maximumFractionDigits: 0 })
            : t('left', { time: format.duration(progress.left) })}
        </span>
      </div>
    </div>
  );
}
