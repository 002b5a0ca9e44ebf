'use client';
/** The strip of past results: each shows its picture large, saves it, and brings back the graph that made it. */
import { ChevronDown, Images, Pin } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslations } from 'use-intl';
import { stripHeight } from '../../_state/flow';
import { prefer } from '../../_state/preferences';
import { useResults } from '../../_state/results';
import { IconButton } from '../../_ui/Button';
import { ResultImage } from '../results/ResultImage';

const ResultDialog = lazy(() =>
  import('../dialogs/ResultDialog').then((module) => ({ default: module.ResultDialog })),
);
const GalleryDialog = lazy(() =>
  import('../dialogs/GalleryDialog').then((module) => ({ default: module.GalleryDialog })),
);

/** Results that the strip shows; the gallery has the rest. */
const shownInStrip = 60;

export function Results() {
  const t = useTranslations('results');
  const results = useResults((all) => all);
  const [open, setOpen] = useState<string | null>(null);
  const [gallery, setGallery] = useState(false);
  const shown = results.find((result) => result.id === open);
  if (results.length === 0 && !gallery) return null;
  return (
    <section
      aria-label={t('label')}
      className="flex shrink-0 items-center gap-2 border-t border-border bg-card px-2"
      style={{ height: stripHeight }}
    >
      <ul className="flex min-w-0 flex-1 gap-2 overflow-x-auto py-2">
        {results.slice(0, shownInStrip).map((result) => (
          <li key={result.id} className="relative shrink-0">
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
              <ResultImage result={result} label="" className="size-full object-cover" />
            </button>
            {result.kept && (
              <span aria-hidden className="absolute top-1 right-1 rounded bg-card/85 p-0.5">
                <Pin size={10} />
              </span>
            )}
          </li>
        ))}
      </ul>
      <IconButton small side="top" label={t('all')} onClick={() => setGallery(true)}>
        <Images size={15} />
      </IconButton>
      <IconButton small side="top" label={t('hide')} onClick={() => prefer({ results: false })}>
        <ChevronDown size={15} />
      </IconButton>
      <Suspense>
        {gallery && shown === undefined && (
          <GalleryDialog onShow={setOpen} onClose={() => setGallery(false)} />
        )}
        {shown !== undefined && (
          <ResultDialog result={shown} onShow={setOpen} onClose={() => setOpen(null)} />
        )}
      </Suspense>
    </section>
  );
}
