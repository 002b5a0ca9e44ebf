'use client';
/** What became of another program's graph: what is exact, what differs, what is missing. */
import { CircleCheck, CircleDashed, FolderOpen, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { perform } from '../../_actions/commands';
import { countOutcomes, type NodeReport, type Outcome } from '../../_interop/comfy/report';
import type { ImportReport } from '../../_interop/open';
import { importReport } from '../../_state/import-report';
import { select, view } from '../../_state/view';
import { Button } from '../../_ui/Button';
import { Modal } from '../../_ui/Modal';

export function ImportDialog() {
  const report = useStore(importReport, (state) => state.report);
  return report === null ? null : <Report report={report} />;
}

const close = (): void => view.setState({ dialog: null });
const icons: Readonly<Record<Outcome, LucideIcon>> = {
  exact: CircleCheck,
  nearly: CircleDashed,
  placeholder: TriangleAlert,
};

function Report({ report }: { readonly report: ImportReport }) {
  const t = useTranslations('interop');
  const counts = countOutcomes(report);
  const outcomes = ['exact', 'nearly', 'placeholder'] as const;
  return (
    <Modal
      open
      onOpenChange={(open) => !open && close()}
      title={t('title', { source: t(`sources.${report.source}`) })}
      description={t('description')}
      closeLabel={t('close')}
    >
      <div className="space-y-5 text-[13px]">
        <ul className="flex flex-wrap gap-x-5 gap-y-1">
          {outcomes.map((outcome) => {
            const Icon = icons[outcome];
            return (
              <li key={outcome} className="flex items-center gap-1.5">
                <Icon size={15} aria-hidden />
                {t(`counts.${outcome}`, { count: counts[outcome] })}
              </li>
            );
          })}
        </ul>
        {report.missing.length > 0 && (
          <section>
            <h3 className="mb-1.5 text-xs font-semibold text-muted-foreground">{t('missing')}</h3>
            <ul className="divide-y divide-border rounded-lg border border-border">
              {report.missing.map(({ kind, name }) => (
                <li key={`${kind} ${name}`} className="flex items-center gap-3 px-3 py-2">
                  <span className="min-w-0 flex-1">
                    <code className="block break-all">{name}</code>
                    <span className="text-xs text-muted-foreground">{t(`models.${kind}`)}</span>
                  </span>
                  <Button
                    variant="outline"
                    aria-label={t('find-file', { name })}
                    onClick={() => {
                      close();
                      perform('open');
                    }}
                  >
                    <FolderOpen size={14} aria-hidden /> {t('find')}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {(['placeholder', 'nearly'] as const).map((outcome) => (
          <Rows
            key={outcome}
            outcome={outcome}
            nodes={report.nodes.filter((node) => node.outcome === outcome)}
          />
        ))}
        {report.dropped > 0 && <p>{t('dropped', { count: report.dropped })}</p>}
      </div>
    </Modal>
  );
}

function Rows({
  outcome,
  nodes,
}: {
  readonly outcome: 'placeholder' | 'nearly';
  readonly nodes: readonly NodeReport[];
}) {
  const t = useTranslations('interop');
  if (nodes.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-semibold text-muted-foreground">{t(`lists.${outcome}`)}</h3>
      <ul className="divide-y divide-border rounded-lg border border-border">
        {nodes.map((node) => (
          <li key={node.id} className="px-3 py-2">
            <button
              type="button"
              className="text-left font-medium hover:underline"
              onClick={() => {
                // A node inside a sub-graph is not on this canvas.
                if (node.node !== undefined && !node.id.includes(':')) select([node.node]);
                close();
                perform('fit-selection');
              }}
            >
              {node.title ?? node.type}
              {node.title !== undefined && node.title !== node.type && (
                <span className="ml-1.5 text-xs font-normal text-muted-foreground">{node.type}</span>
              )}
            </button>
            {node.needs !== undefined && <p className="text-xs">{t(`needs.${node.needs}`)}</p>}
            {node.differences.map(({ code, what = '' }) => (
              <p key={`${code} ${what}`} className="text-xs">
                {t(`differs.${code}`, { what })}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
