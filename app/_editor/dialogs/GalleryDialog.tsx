'use client';
/** All results: searched by what was drawn, kept ones alone, and how much room they take. */
import { Pin } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { resultBytes } from '../../_persistence/result-store';
import { resultKeeping } from '../../_persistence/persist-results';
import { useFormat } from '../../_i18n/format';
import { nameFields } from '../../_actions/results';
import { prefer, preferences, resultBudgets } from '../../_state/preferences';
import { removeResults, useResults } from '../../_state/results';
import { Button } from '../../_ui/Button';
import { Choice } from '../../_ui/Choice';
import { Modal } from '../../_ui/Modal';
import { Toggle } from '../../_ui/Toggle';
import { ResultImage } from '../results/ResultImage';

/** Results shown at once: more are a click away. */
const page = 120;

export function GalleryDialog({
  onShow,
  onClose,
}: {
  readonly onShow: (id: string) => void;
  readonly onClose: () => void;
}) {
  const t = useTranslations('results');
  const format = useFormat();
  const results = useResults((all) => all);
  const { resultsMegabytes, fileName } = useStore(preferences);
  const error = useStore(resultKeeping, (state) => state.error);
  const [words, setWords] = useState('');
  const [keptOnly, setKeptOnly] = useState(false);
  const [pages, setPages] = useState(1);
  const found = useMemo(() => {
    const wanted = words.toLowerCase().split(/\s+/u).filter(Boolean);
    return results.filter(
      (result) =>
        (!keptOnly || result.kept) &&
        wanted.every((word) => `${result.title} ${result.seed ?? ''}`.toLowerCase().includes(word)),
    );
  }, [results, words, keptOnly]);
  const loose = results.filter(({ kept }) => !kept);
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('all')}
      description={t('room', {
        count: results.length,
        used: format.bytes(resultBytes(results)),
        budget: format.bytes(resultsMegabytes * 1e6),
      })}
      closeLabel={t('close')}
      wide
    >
      <div className="flex flex-wrap items-center gap-3">
        <input
          type="search"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          placeholder={t('search')}
          aria-label={t('search')}
          className="h-8 min-w-48 flex-1 rounded-md border border-input bg-card px-2.5 text-[13px]"
        />
        <label className="flex items-center gap-2 text-xs">
          {t('kept-only')}
          <Toggle label={t('kept-only')} checked={keptOnly} onChange={setKeptOnly} />
        </label>
        <span className="w-32">
          <Choice
            label={t('budget')}
            value={String(resultsMegabytes)}
            options={resultBudgets.map((megabytes) => ({
              value: String(megabytes),
              label: format.bytes(megabytes * 1e6),
            }))}
            onChange={(value) => prefer({ resultsMegabytes: Number(value) })}
          />
        </span>
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-3 rounded-md bg-destructive/10 px-3 py-2 text-xs">
          {t('not-kept', { reason: error.message })}
        </p>
      )}
      {found.length === 0 ? (
        <p className="py-16 text-center text-sm text-muted-foreground">
          {results.length === 0 ? t('none-yet') : t('none-found')}
        </p>
      ) : (
        <ul className="mt-4 grid grid-cols-[repeat(auto-fill,minmax(104px,1fr))] gap-2">
          {found.slice(0, pages * page).map((result) => (
            <li key={result.id} className="relative">
              <button
                type="button"
                onClick={() => onShow(result.id)}
                title={result.title}
                aria-label={t('open', {
                  title: result.title === '' ? t('untitled') : result.title,
                  seed: result.seed ?? '–',
                })}
                className="block aspect-square w-full overflow-hidden rounded-md border border-border hover:border-primary"
              >
                <ResultImage result={result} label="" className="size-full object-cover" />
              </button>
              {result.kept && (
                <span className="absolute top-1 right-1 rounded bg-card/85 p-0.5">
                  <Pin size={12} aria-label={t('kept')} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {found.length > pages * page && (
        <div className="mt-3 text-center">
          <Button variant="outline" onClick={() => setPages(pages + 1)}>
            {t('more', { count: found.length - pages * page })}
          </Button>
        </div>
      )}
      <div className="mt-5 flex flex-wrap items-end justify-between gap-3 border-t border-border pt-4">
        <label className="min-w-64 text-xs">
          <span className="mb-1 block">{t('file-name')}</span>
          <input
            value={fileName}
            onChange={(event) => prefer({ fileName: event.currentTarget.value })}
            className="h-8 w-full rounded-md border border-input bg-card px-2.5 font-mono text-xs"
          />
          <span className="mt-1 block text-muted-foreground">
            {nameFields.map((name) => `{${name}}`).join(' ')}
          </span>
        </label>
        <Button
          variant="ghost"
          disabled={loose.length === 0}
          onClick={() => removeResults(loose.map(({ id }) => id))}
        >
          {t('clear', { count: loose.length })}
        </Button>
      </div>
    </Modal>
  );
}
