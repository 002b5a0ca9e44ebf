'use client';
/** On a phone: the graph as a list with its forms, and the pictures, in a sheet over the canvas. */
import { clsx } from 'clsx';
import { lazy, Suspense, useEffect } from 'react';
import { Images, ListTree, Workflow } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useRun } from '../../_state/run-store';
import { useView, view, type View } from '../../_state/view';
import { useWorkspace } from '../../_state/workspace';
import { Pictures } from '../node/Pictures';
import { Results } from './Results';

const ListPanel = lazy(() => import('../panels/ListPanel').then((module) => ({ default: module.ListPanel })));
const pages = [
  { id: 'none', icon: Workflow },
  { id: 'list', icon: ListTree },
  { id: 'results', icon: Images },
] as const satisfies readonly { id: View['phoneSheet']; icon: typeof Images }[];

export function PhoneBar() {
  const t = useTranslations('phone');
  const sheet = useView((state) => state.phoneSheet);
  const running = useRun((state) => state.current !== null);
  // A phone opens on the forms, and shows the picture as soon as one is drawn.
  useEffect(() => {
    view.setState(({ phoneSheet }) => ({
      phoneSheet: running ? 'results' : phoneSheet === 'none' ? 'list' : phoneSheet,
    }));
  }, [running]);
  return (
    <>
      {sheet !== 'none' && (
        <section
          aria-label={t(sheet)}
          className="absolute inset-x-0 top-12 bottom-14 z-20 overflow-auto bg-card"
        >
          <Suspense>{sheet === 'list' ? <ListPanel touch /> : <Latest />}</Suspense>
        </section>
      )}
      <nav
        aria-label={t('label')}
        className="relative z-20 flex h-14 shrink-0 border-t border-border bg-card"
      >
        {pages.map(({ id, icon: Icon }) => (
          <button
            key={id}
            type="button"
            aria-pressed={sheet === id}
            onClick={() => view.setState({ phoneSheet: id })}
            className={clsx(
              'flex flex-1 flex-col items-center justify-center gap-0.5 text-[11px]',
              sheet === id ? 'font-semibold text-accent-foreground' : 'text-muted-foreground',
            )}
          >
            <Icon size={19} />
            {t(id)}
          </button>
        ))}
      </nav>
    </>
  );
}

/** What the run draws, large. */
function Latest() {
  const t = useTranslations('phone');
  const tab = useWorkspace((state) => state.active);
  const pictures = useRun((state) => state.pictures[tab]);
  const shown = Object.values(pictures ?? {}).at(-1);
  return (
    <div className="flex min-h-full flex-col">
      <div className="flex-1 p-4">
        {shown === undefined ? (
          <p className="pt-16 text-center text-sm text-muted-foreground">{t('nothing')}</p>
        ) : (
          <Pictures pictures={shown} label={t('picture')} />
        )}
      </div>
      <Results />
    </div>
  );
}
