'use client';
import { LayoutTemplate, MousePointerClick, Plus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { perform } from '../../_actions/commands';
import { useWorkspace } from '../../_state/workspace';
import { Button } from '../../_ui/Button';

/** What an empty canvas says. */
export function EmptyHint() {
  const t = useTranslations('empty');
  const empty = useWorkspace(
    ({ document }) => Object.keys(document.nodes).length === 0 && Object.keys(document.notes).length === 0,
  );
  if (!empty) return null;
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
      <div className="pointer-events-auto max-w-sm rounded-2xl border border-border bg-card p-6 text-center shadow-node">
        <MousePointerClick size={26} className="mx-auto text-primary" />
        <h2 className="mt-3 text-[15px] font-semibold">{t('title')}</h2>
        <p className="mt-1 text-[13px] text-muted-foreground">{t('text')}</p>
        <div className="mt-4 flex justify-center gap-2">
          <Button variant="primary" onClick={() => perform('templates')}>
            <LayoutTemplate size={15} />
            {t('templates')}
          </Button>
          <Button variant="outline" onClick={() => perform('add')}>
            <Plus size={15} />
            {t('add')}
          </Button>
        </div>
      </div>
    </div>
  );
}
