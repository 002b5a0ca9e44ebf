'use client';
/** The editor: bar, library, canvas, dock, results; and everything that listens to the window. */
import { lazy, Suspense } from 'react';
import { ReactFlowProvider } from 'reactflow';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { catalogStore } from '../../_state/catalog';
import { preferences } from '../../_state/preferences';
import { useFirstInteraction } from '../../_ui/first-interaction';
import { TipLayer } from '../../_ui/Tip';
import { NoticeLayer } from '../../_ui/NoticeLayer';
import { Canvas } from '../canvas/Canvas';
import { Controls } from '../canvas/Controls';
import { Dock, DockRail } from './Dock';
import { EmptyHint } from './EmptyHint';
import { Library } from '../library/Library';
import { Notices } from './Notices';
import { Results } from './Results';
import { TopBar } from './TopBar';
import { useStartup } from './startup';
import { useNarrow, useTheme } from './environment';
import { useWindowEvents } from './window-events';

const PhoneBar = lazy(() => import('./PhoneBar').then((module) => ({ default: module.PhoneBar })));
const Dialogs = lazy(() => import('./Dialogs').then((module) => ({ default: module.Dialogs })));

export function Editor() {
  const t = useTranslations('app');
  const narrow = useNarrow();
  const dark = useTheme();
  const somebodyThere = useFirstInteraction();
  useStartup();
  useWindowEvents();
  const library = useStore(preferences, (state) => state.library);
  const results = useStore(preferences, (state) => state.results);
  const catalogFailed = useStore(catalogStore, (state) => state.status === 'failed');
  return (
    <ReactFlowProvider>
      <div className="flex h-dvh flex-col bg-background">
        <a
          href="#canvas"
          onClick={(event) => {
            // The address may hold a shared graph: it stays as it is.
            event.preventDefault();
            document.querySelector<HTMLElement>('#canvas')?.focus();
          }}
          className="sr-only z-50 rounded bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
        >
          {t('skip')}
        </a>
        <TopBar compact={narrow} />
        <Notices catalogFailed={catalogFailed} />
        <div className="flex min-h-0 flex-1">
          {library && !narrow && <Library />}
          <div className="flex min-w-0 flex-1 flex-col">
            <main id="canvas" className="relative min-h-0 flex-1 bg-canvas" tabIndex={-1}>
              <Canvas touch={narrow} />
              <EmptyHint />
              <Controls touch={narrow} />
            </main>
            {results && !narrow && <Results />}
          </div>
          {!narrow && <Dock />}
          {!narrow && <DockRail />}
        </div>
        <Suspense>{narrow && <PhoneBar />}</Suspense>
      </div>
      <Suspense>{somebodyThere && <Dialogs />}</Suspense>
      <NoticeLayer dark={dark} />
      <TipLayer />
    </ReactFlowProvider>
  );
}
