'use client';
/** The strip of past results: each shows its picture large, saves it, and brings back the graph that made it. */
import { ChevronDown, Download, GitBranch, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { restoreResult, saveResult } from '../_actions/files';
import { useFormat } from '../_i18n/format';
import { prefer } from '../_state/preferences';
import { runStore, useRun, type Result } from '../_state/run';
import { Button, IconButton } from '../_ui/Button';
import { Modal } from '../_ui/Modal';
import { Toggle } from '../_ui/Toggle';
import { FrameCanvas } from './node/Frames';

export function Results() {
  const t = useTranslations('results');
  const results = useRun((state) => state.results);
  const [open, setOpen] = useState<string | null>(null);
  const shown = results.find((result) => result.id === open);
  if (results.length === 0) return null;
  return (
    <section
      aria-label={t('label')}
      className="flex h-[92px] shrink-0 items-center gap-2 border-t border-border bg-card px-2"
    >
      <ul className="flex min-w-0 flex-1 gap-2 overflow-x-auto py-2">
        {results.map((result) => (
          <li key={result.id} className="shrink-0">
            <button
              type="button"
              onClick={() => setOpen(result.id)}
              title={result.title}
              aria-label={t('open', {
                title: result.title === '' ? t('untitled') : result.title,
                seed: result.seed ?? '–',
              })}
              className="block size-[72px] overflow-hidden rounded-md border border-border hover:border-primary"
            >
              <FrameCanvas frame={result.frame} label="" className="size-full object-cover" />
            </button>
          </li>
        ))}
      </ul>
      <IconButton small side="top" label={t('hide')} onClick={() => prefer({ results: false })}>
        <ChevronDown size={15} />
      </IconButton>
      {shown !== undefined && <ResultDialog result={shown} onClose={() => setOpen(null)} />}
    </section>
  );
}

function ResultDialog({ result, onClose }: { readonly result: Result; readonly onClose: () => void }) {
  const t = useTranslations('results');
  const format = useFormat();
  const { dateTime } = useFormatter();
  const [metadata, setMetadata] = useState(true);
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title={result.title || t('untitled')}
      closeLabel={t('close')}
      wide
    >
      <div className="flex flex-wrap gap-5">
        <div className="min-w-64 flex-1">
          <FrameCanvas
            frame={result.frame}
            label={result.title || t('untitled')}
            className="max-h-[60dvh] rounded-lg border border-border bg-muted object-contain"
          />
        </div>
        <div className="w-64 space-y-4">
          <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1.5 text-xs">
            <dt className="text-muted-foreground">{t('size')}</dt>
            <dd className="tabular-nums">
              {result.frame.width} × {result.frame.height}
            </dd>
            {result.seed !== undefined && (
              <>
                <dt className="text-muted-foreground">{t('seed')}</dt>
                <dd className="font-mono break-all">{result.seed}</dd>
              </>
            )}
            <dt className="text-muted-foreground">{t('time')}</dt>
            <dd>{format.duration(result.ms)}</dd>
            <dt className="text-muted-foreground">{t('made')}</dt>
            <dd>
              {dateTime(result.at, {
                timeStyle: 'medium',
                timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
              })}
            </dd>
          </dl>
          <label className="flex items-center justify-between gap-3 text-xs">
            {t('metadata')}
            <Toggle label={t('metadata')} checked={metadata} onChange={setMetadata} />
          </label>
          <div className="flex flex-col gap-2">
            <Button look="primary" onClick={() => void saveResult(result, metadata)}>
              <Download size={14} />
              {t('save')}
            </Button>
            <Button
              look="outline"
              onClick={() => {
                restoreResult(result);
                onClose();
              }}
            >
              <GitBranch size={14} />
              {t('restore')}
            </Button>
            <Button
              look="ghost"
              onClick={() => {
                onClose();
                runStore.setState((state) => ({
                  results: state.results.filter(({ id }) => id !== result.id),
                }));
              }}
            >
              <Trash2 size={14} />
              {t('remove')}
            </Button>
          </div>
        </div>
      </div>
    </Modal>
  );
}
