'use client';
/** One past result: its picture large beside its neighbours, compared, saved, kept, fed in again, or its graph opened. */
import { ArrowLeft, ArrowRight, Copy, Download, GitBranch, ImageDown, Pin, Trash2 } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { copyResult, restoreResult, saveResult, loadAsInput } from '../../_actions/results';
import { useFormat } from '../../_i18n/format';
import { keepResult, removeResults, useResults, type Result } from '../../_state/results';
import { Button, IconButton } from '../../_ui/Button';
import { Choice } from '../../_ui/Choice';
import { Modal } from '../../_ui/Modal';
import { notify } from '../../_ui/notify';
import { Toggle } from '../../_ui/Toggle';
import { CompareResults } from '../results/CompareResults';
import { ResultImage } from '../results/ResultImage';

/** Runs an action of a button and says what went wrong. */
const attempt = (action: Promise<void>): void => {
  action.catch((error: unknown) => notify.error(error instanceof Error ? error.message : String(error)));
};

export function ResultDialog({
  result,
  onShow,
  onClose,
}: {
  readonly result: Result;
  readonly onShow: (id: string) => void;
  readonly onClose: () => void;
}) {
  const t = useTranslations('results');
  const results = useResults((all) => all);
  const [other, setOther] = useState('');
  const [metadata, setMetadata] = useState(true);
  const [comfy, setComfy] = useState(false);
  const place = results.findIndex(({ id }) => id === result.id);
  const [newer, older] = [results[place - 1], results[place + 1]];
  const against = other === result.id ? undefined : results.find(({ id }) => id === other);
  const title = result.title || t('untitled');
  const keys = (event: KeyboardEvent): void => {
    // A slider or list in here has its own arrows.
    if (event.target instanceof HTMLInputElement || event.defaultPrevented) return;
    const to = { ArrowLeft: newer, ArrowRight: older }[event.key];
    if (to !== undefined) onShow(to.id);
  };
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      closeLabel={t('close')}
      wide
      onKeyDown={keys}
    >
      <div className="flex flex-wrap gap-5">
        <div className="min-w-64 flex-1">
          {against === undefined ? (
            <ResultImage
              result={result}
              label={title}
              className="max-h-[60dvh] w-full rounded-lg border border-border bg-muted object-contain"
            />
          ) : (
            <CompareResults first={result} second={against} />
          )}
          <div className="mt-2 flex items-center gap-2">
            <IconButton
              label={t('newer')}
              disabled={newer === undefined}
              onClick={() => newer && onShow(newer.id)}
            >
              <ArrowLeft size={16} />
            </IconButton>
            <span className="text-xs tabular-nums text-muted-foreground">
              {t('place', { place: place + 1, count: results.length })}
            </span>
            <IconButton
              label={t('older')}
              disabled={older === undefined}
              onClick={() => older && onShow(older.id)}
            >
              <ArrowRight size={16} />
            </IconButton>
            <span className="ml-auto w-48">
              <Choice
                label={t('compare-with')}
                value={other}
                options={[
                  { value: '', label: t('compare-none') },
                  ...results
                    .filter(({ id }) => id !== result.id)
                    .slice(0, 50)
                    .map((each) => ({ value: each.id, label: captionOf(each, t('untitled')) })),
                ]}
                onChange={setOther}
              />
            </span>
          </div>
        </div>
        <div className="w-64 space-y-4">
          <Facts result={result} />
          <label className="flex items-center justify-between gap-3 text-xs">
            {t('keep')}
            <Toggle
              label={t('keep')}
              checked={result.kept}
              onChange={(kept) => keepResult(result.id, kept)}
            />
          </label>
          <label className="flex items-center justify-between gap-3 text-xs">
            {t('metadata')}
            <Toggle label={t('metadata')} checked={metadata} onChange={setMetadata} />
          </label>
          {metadata && (
            <label className="flex items-center justify-between gap-3 text-xs">
              {t('comfy')}
              <Toggle label={t('comfy')} checked={comfy} onChange={setComfy} />
            </label>
          )}
          <div className="flex flex-col gap-2">
            <Button variant="primary" onClick={() => attempt(saveResult(result, metadata, comfy))}>
              <Download size={14} />
              {t('save')}
            </Button>
            <Button variant="outline" onClick={() => attempt(copyResult(result))}>
              <Copy size={14} />
              {t('copy')}
            </Button>
            <Button
              variant="outline"
              onClick={() => {
                attempt(loadAsInput(result));
                onClose();
              }}
            >
              <ImageDown size={14} />
              {t('use-as-input')}
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
                const next = older ?? newer;
                if (next === undefined) onClose();
                else onShow(next.id);
                removeResults([result.id]);
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

/** Title, seed and element: what tells two results of one prompt apart. */
const captionOf = (result: Result, untitled: string): string =>
  [
    result.title === '' ? untitled : result.title.slice(0, 32),
    result.seed,
    ...result.values,
    result.element > 0 ? `#${result.element + 1}` : '',
  ]
    .filter(Boolean)
    .join(' · ');

function Facts({ result }: { readonly result: Result }) {
  const t = useTranslations('results');
  const format = useFormat();
  const { dateTime } = useFormatter();
  const rows: readonly (readonly [string, string])[] = [
    [t('size'), `${result.width} × ${result.height}`],
    ...(result.seed === undefined ? [] : ([[t('seed'), result.seed]] as const)),
    ...(result.element === 0 ? [] : ([[t('element'), String(result.element + 1)]] as const)),
    ...(result.values.length === 0 ? [] : ([[t('swept'), result.values.join(' · ')]] as const)),
    [t('time'), format.duration(result.ms)],
    [
      t('made'),
      dateTime(result.at, {
        dateStyle: 'medium',
        timeStyle: 'medium',
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }),
    ],
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1.5 text-xs">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted-foreground">{name}</dt>
          <dd className="break-all tabular-nums">{value}</dd>
        </div>
      ))}
      {result.kept && (
        <div className="col-span-2 flex items-center gap-1.5 text-accent-foreground">
          <Pin size={12} />
          {t('kept')}
        </div>
      )}
    </dl>
  );
}
