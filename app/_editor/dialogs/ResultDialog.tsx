'use client';
/** One past result: its picture large, saved, or opened again as the graph that made it. */
import { Download, GitBranch, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { restoreResult, saveResult } from '../../_actions/document-files';
import { useFormat } from '../../_i18n/format';
import { runStore, type Result } from '../../_state/run-store';
import { Button } from '../../_ui/Button';
import { Modal } from '../../_ui/Modal';
import { Toggle } from '../../_ui/Toggle';
import { PictureCanvas } from '../node/Pictures';

export function ResultDialog({ result, onClose }: { readonly result: Result; readonly onClose: () => void }) {
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
          <PictureCanvas
            picture={result.picture}
            label={result.title || t('untitled')}
            className="max-h-[60dvh] rounded-lg border border-border bg-muted object-contain"
          />
        </div>
        <div className="w-64 space-y-4">
          <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1.5 text-xs">
            <dt className="text-muted-foreground">{t('size')}</dt>
            <dd className="tabular-nums">
              {result.picture.width} × {result.picture.height}
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
            <Button variant="primary" onClick={() => void saveResult(result, metadata)}>
              <Download size={14} />
              {t('save')}
            </Button>
            <Button
              variant="outline"
              onClick={() => {
                restoreResult(result);
                onClose();
              }}
            >
              <GitBranch size={14} />
              {t('restore')}
            </Button>
            <Button
              variant="ghost"
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
