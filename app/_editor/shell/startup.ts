'use client';
/** What happens when the page opens: kept tabs come back, a link opens, a first visit gets a graph; the engine starts. */
import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { openTemplate } from '../../_actions/templates';
import { exposeConsole } from './debug-api';
import { followLink, openLinked } from './linked';
import { setTranslate } from '../../_i18n/translate';
import { persistResults } from '../../_persistence/persist-results';
import { persistWorkspace } from '../../_persistence/persist-workspace';
import { loadCatalog } from '../../_state/catalog';
import { startEngine } from '../../_state/run-control';
import { followStale } from '../../_state/stale-store';
import { preloadOverlays } from '../../_ui/overlays';
import { workspace } from '../../_state/workspace';
import { resetView } from '../../_state/view';

let begun = false;

async function openFirst(): Promise<void> {
  const back = await persistWorkspace();
  void persistResults();
  if (await openLinked()) return;
  if (back === 0 && Object.keys(workspace.getState().document.nodes).length === 0)
    await openTemplate('text-to-image');
}

/** Runs once in the life of the page. */
export function useStartup(): void {
  const t = useTranslations();
  useEffect(() => {
    // Keys come from code here, where their literal types are not known.
    setTranslate((key, values) => (t.has(key as never) ? t(key as never, values as never) : key));
  }, [t]);
  useEffect(() => {
    if (begun) return;
    begun = true;
    exposeConsole();
    void loadCatalog();
    // Models of the person's own: their code comes only where there are any.
    void import('../../_persistence/persist-models').then(({ persistModels }) => persistModels());
    startEngine();
    void openFirst();
    void preloadOverlays();
    if (process.env.NODE_ENV === 'production' && 'serviceWorker' in navigator)
      navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  }, []);
  useEffect(followLink, []);
  useEffect(followStale, []);
  useEffect(
    () =>
      workspace.subscribe((now, before) => {
        if (now.active !== before.active) resetView();
      }),
    [],
  );
}
