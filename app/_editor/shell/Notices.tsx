'use client';
/** Bars under the top bar: a document from a link, packages that cannot be read, too little memory for a run. */
import { Lock, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { loadCatalog } from '../../_state/catalog';
import { runStore, useRun } from '../../_state/run-store';
import { activeTab, updateTab, useWorkspace } from '../../_state/workspace';
import { Button } from '../../_ui/Button';
import { useDiagnosticText } from '../port/diagnostics';
import { StorageNotice } from './StorageNotice';

export function Notices({ catalogFailed }: { readonly catalogFailed: boolean }) {
  const t = useTranslations('notices');
  const warnings = useRun((state) => state.warnings);
  const text = useDiagnosticText();
  const readOnly = useWorkspace(({ tabs, active }) => tabs.some((tab) => tab.id === active && tab.readOnly));
  return (
    <>
      <StorageNotice />
      {catalogFailed && (
        <div
          role="alert"
          className="flex items-center gap-2 border-b border-border bg-destructive-soft px-4 py-1.5 text-xs text-destructive"
        >
          <TriangleAlert size={14} />
          <span className="flex-1">{t('catalog')}</span>
          <Button small variant="outline" onClick={() => void loadCatalog()}>
            {t('again')}
          </Button>
        </div>
      )}
      {warnings.map((warning) => (
        <div
          key={warning.message}
          role="status"
          className="flex items-center gap-2 border-b border-border bg-accent px-4 py-1.5 text-xs text-accent-foreground"
        >
          <TriangleAlert size={14} className="text-warning" />
          <span className="flex-1">{text(warning)}</span>
          <Button small variant="outline" onClick={() => runStore.setState({ warnings: [] })}>
            {t('dismiss')}
          </Button>
        </div>
      ))}
      {readOnly && (
        <div
          role="status"
          className="flex items-center gap-2 border-b border-border bg-accent px-4 py-1.5 text-xs text-accent-foreground"
        >
          <Lock size={14} />
          <span className="flex-1">{t('shared')}</span>
          <Button small variant="primary" onClick={() => updateTab(activeTab().id, { readOnly: false })}>
            {t('make-mine')}
          </Button>
        </div>
      )}
    </>
  );
}
