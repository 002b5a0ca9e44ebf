'use client';
/** Run, run many, cancel, and how many runs wait. */
import { ChevronDown, Play, Square } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { shownKey, perform } from '../../_actions/commands';
import { useFormat } from '../../_i18n/format';
import { stopEngine } from '../../_state/run-control';
import { useRun } from '../../_state/run-store';
import { combinations } from '../../_state/sweeps';
import { useWorkspace } from '../../_state/workspace';
import { Button } from '../../_ui/Button';
import { DropMenu } from '../../_ui/DropMenu';
import { Tip } from '../../_ui/Tip';

export function RunButtons({ compact }: { readonly compact: boolean }) {
  const t = useTranslations('bar');
  const format = useFormat();
  const running = useRun((state) => state.current !== null);
  const cancelling = useRun((state) => state.current?.cancelling === true);
  const stuck = useRun((state) => state.current?.stuck === true);
  const queued = useRun((state) => state.queue.length);
  const last = useRun((state) => state.last);
  const pictures = useWorkspace(({ document }) =>
    Object.keys(document.sweeps).length === 0 ? 1 : combinations(document),
  );
  const many = (times: number) => ({
    key: String(times),
    label: t('run-many', { count: times }),
    perform: () => perform('run-many', { times }),
  });
  return (
    <div className="flex shrink-0 items-center gap-1">
      <span role="status" className="sr-only">
        {running
          ? t('running')
          : last === null
            ? ''
            : t(`outcome-${last.outcome}`, { time: format.duration(last.ms) })}
      </span>
      {(running || queued > 0) && (
        <Tip text={t(stuck ? 'stop-engine-tip' : 'cancel')} hotkey={shownKey('cancel')}>
          <Button
            variant={stuck ? 'primary' : 'outline'}
            disabled={cancelling && !stuck}
            onClick={() => (stuck ? stopEngine() : perform('cancel'))}
          >
            <Square size={13} className="fill-current" />
            {stuck ? t('stop-engine') : cancelling ? t('cancelling') : t('cancel')}
          </Button>
        </Tip>
      )}
      <div className="flex">
        <Tip text={running ? t('queue') : t('run-tip')} hotkey={shownKey('run')}>
          <Button
            variant="primary"
            className={compact ? '' : 'rounded-r-none pr-2.5'}
            onClick={() => perform('run')}
          >
            <Play size={14} className="fill-current" />
            {running ? t('queue') : t('run')}
            {pictures > 1 && (
              <span className="rounded-full bg-primary-foreground/20 px-1.5 text-[11px] tabular-nums">
                {t('times', { count: pictures })}
              </span>
            )}
            {queued > 0 && (
              <span className="rounded-full bg-primary-foreground/20 px-1.5 text-[11px] tabular-nums">
                +{queued}
              </span>
            )}
          </Button>
        </Tip>
        {!compact && (
          <DropMenu
            align="end"
            trigger={
              <button
                type="button"
                aria-label={t('run-more')}
                className="flex h-8 w-6 items-center justify-center rounded-r-md border-l border-primary-foreground/25 bg-primary text-primary-foreground hover:brightness-110"
              >
                <ChevronDown size={14} />
              </button>
            }
            entries={[many(2), many(4), many(8), 'separator', ...runEntries(t)]}
          />
        )}
      </div>
    </div>
  );
}
function runEntries(t: ReturnType<typeof useTranslations<'bar'>>) {
  return [
    { key: 'seed', label: t('new-seed'), hotkey: shownKey('new-seed'), perform: () => perform('new-seed') },
    { key: 'here', label: t('run-here'), hotkey: shownKey('run-here'), perform: () => perform('run-here') },
  ];
}
