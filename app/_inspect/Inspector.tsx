'use client';
/** The inspector panel: what flows on the chosen wire, beside what was pinned before. */
import { GitCompareArrows, History, Pin, PinOff, ScanSearch } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../_ui/Button';
import { DifferenceView } from './DifferenceView';
import { ExportMenu } from './ExportMenu';
import type { InspectClient, Snapshot } from '../_snapshots/messages';
import { SnapshotView } from './SnapshotView';
import { useSnapshot, type InspectTarget } from './useSnapshot';

interface Pinned {
  readonly id: number;
  readonly title: string;
  readonly snapshot: Snapshot;
}

export interface InspectorProps {
  readonly client: InspectClient;
  /** The edge or port that is looked at; null shows what to do. */
  readonly target: InspectTarget | null;
  /** Rises when results change. */
  readonly version: number;
  /** Offered where the target's latent came out of a sampling. */
  readonly onOpenTrajectory?: (() => void) | undefined;
}

export function Inspector({ client, target, version, onOpenTrajectory }: InspectorProps) {
  const t = useTranslations('inspect');
  const state = useSnapshot(client, target, version);
  const [pins, setPins] = useState<readonly Pinned[]>([]);
  const [comparing, setComparing] = useState<number | null>(null);
  const node = target?.node;
  const port = target?.port;
  const decode = useCallback(
    (signal: AbortSignal) => client.decode(node ?? '', port ?? '', signal),
    // A new version is a new latent to decode.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [client, node, port, version],
  );
  const pin = (title: string, snapshot: Snapshot): void =>
    setPins((now) => [...now, { id: Math.max(0, ...now.map(({ id }) => id)) + 1, title, snapshot }]);
  const compared = pins.find(({ id }) => id === comparing);

  if (!target && pins.length === 0)
    return (
      <div className="flex flex-col items-center gap-2 p-8 text-center text-xs text-muted-foreground">
        <ScanSearch size={28} strokeWidth={1.5} />
        <p>{t('choose')}</p>
      </div>
    );
  return (
    <div className="@container h-full overflow-auto p-3">
      <div className="grid items-start gap-4 @xl:grid-cols-[repeat(auto-fit,minmax(18rem,1fr))]">
        {target && (
          <article className="flex min-w-0 flex-col gap-3" aria-label={target.title}>
            <header className="flex items-start gap-1">
              <Heading title={target.title} snapshot={state.is === 'ready' ? state.snapshot : undefined} />
              {state.is === 'ready' && (
                <>
                  {onOpenTrajectory && state.snapshot.kind === 'latent' && (
                    <IconButton small label={t('openTrajectory')} onClick={onOpenTrajectory}>
                      <History size={15} />
                    </IconButton>
                  )}
                  <IconButton small label={t('pin')} onClick={() => pin(target.title, state.snapshot)}>
                    <Pin size={15} />
                  </IconButton>
                  <ExportMenu snapshot={state.snapshot} title={target.title} />
                </>
              )}
            </header>
            {state.is === 'loading' && (
              <output className="text-xs text-muted-foreground">{t('loading')}</output>
            )}
            {state.is === 'not-computed' && (
              <p className="text-xs text-muted-foreground">{t('notComputed')}</p>
            )}
            {state.is === 'failed' && (
              <p role="alert" className="rounded-md bg-destructive-soft p-2 text-xs text-destructive">
                {state.error.message}
              </p>
            )}
            {state.is === 'ready' &&
              (compared ? (
                <>
                  <p className="flex items-center justify-between gap-2 rounded-md bg-accent px-2 py-1 text-xs text-accent-foreground">
                    {t('minus', { title: compared.title })}
                    <button
                      type="button"
                      className="underline underline-offset-2"
                      onClick={() => setComparing(null)}
                    >
                      {t('stopComparing')}
                    </button>
                  </p>
                  <DifferenceView a={state.snapshot} b={compared.snapshot} />
                </>
              ) : (
                <SnapshotView snapshot={state.snapshot} decode={decode} />
              ))}
          </article>
        )}
        {pins.map(({ id, title, snapshot }) => (
          <article
            key={id}
            className="flex min-w-0 flex-col gap-3 border-t border-border pt-3 @xl:border-t-0 @xl:pt-0"
            aria-label={title}
          >
            <header className="flex items-start gap-1">
              <Heading title={title} snapshot={snapshot} pinned={id} />
              <IconButton
                small
                label={t('compare')}
                pressed={comparing === id}
                disabled={!target}
                onClick={() => setComparing(comparing === id ? null : id)}
              >
                <GitCompareArrows size={15} />
              </IconButton>
              <IconButton
                small
                label={t('unpin')}
                onClick={() => {
                  setPins((now) => now.filter((each) => each.id !== id));
                  if (comparing === id) setComparing(null);
                }}
              >
                <PinOff size={15} />
              </IconButton>
              <ExportMenu snapshot={snapshot} title={title} />
            </header>
            <SnapshotView snapshot={snapshot} />
          </article>
        ))}
      </div>
    </div>
  );
}

function Heading({
  title,
  snapshot,
  pinned,
}: {
  readonly title: string;
  readonly snapshot: Snapshot | undefined;
  readonly pinned?: number;
}) {
  const t = useTranslations('inspect');
  const parts: string[] = [];
  if (snapshot) {
    parts.push(t(`kind.${snapshot.kind === 'facts' ? snapshot.of : snapshot.kind}`));
    if ('dims' in snapshot) parts.push(snapshot.dims.join(' × '));
    if ('space' in snapshot) parts.push(snapshot.space.space);
    if (snapshot.kind === 'noise') parts.push(t('seed', { seed: snapshot.seed }));
  }
  return (
    <div className="min-w-0 flex-1">
      <h3 className="flex items-center gap-1.5 text-[13px] leading-6 font-semibold">
        {pinned !== undefined && (
          <span className="inline-flex size-4.5 items-center justify-center rounded-full bg-accent text-[11px] text-accent-foreground">
            {pinned}
          </span>
        )}
        <span className="truncate">{title}</span>
      </h3>
      <p className="text-[11px] text-muted-foreground tabular-nums">{parts.join(' · ')}</p>
    </div>
  );
}
