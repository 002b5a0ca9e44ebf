'use client';
/** The strip of past results: each shows its picture large, saves it, and brings back the graph that made it. */
import { ChevronDown } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslations } from 'use-intl';
import { stripHeight } from '../../_state/flow';
import { prefer } from '../../_state/preferences';
import { useRun } from '../../_state/run-store';
import { IconButton } from '../../_ui/Button';
import { PictureCanvas } from '../node/Pictures';

const ResultDialog = lazy(() =>
  import('../dialogs/ResultDialog').then((module) => ({ default: module.ResultDialog })),
);

export function Results() {
  const t = useTranslations('results');
  const results = useRun((state) => state.results);
  const [open, setOpen] = useState<string | null>(null);
  const shown = results.find((result) => result.id === open);
  if (results.length === 0) return null;
  return (
    <section
      aria-label={t('label')}
      className="flex shrink-0 items-center gap-2 border-t border-border bg-card px-2"
      style={{ height: stripHeight }}
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
              <PictureCanvas picture={result.picture} label="" className="size-full object-cover" />
            </button>
          </li>
        ))}
      </ul>
      <IconButton small side="top" label={t('hide')} onClick={() => prefer({ results: false })}>
        <ChevronDown size={15} />
      </IconButton>
      <Suspense>
        {shown !== undefined && <ResultDialog result={shown} onClose={() => setOpen(null)} />}
      </Suspense>
    </section>
  );
}
