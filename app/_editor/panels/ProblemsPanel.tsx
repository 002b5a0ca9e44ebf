'use client';
/** Everything inference found, with its fixes; pressing one goes to the place. */
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { flow } from '../../_state/flow';
import { select } from '../../_state/view';
import { useAllDiagnostics, useDiagnosticText } from '../port/diagnostics';
import { FixButtons } from '../port/ConnectionError';

/** Problems listed at once, at most: for each of them fixes are tried on the whole graph. */
const shown = 50;

export function ProblemsPanel() {
  const t = useTranslations('problems');
  const all = useAllDiagnostics();
  const found = all.slice(0, shown);
  const text = useDiagnosticText();
  if (found.length === 0)
    return (
      <p className="flex flex-col items-center gap-2 p-8 text-center text-xs text-muted-foreground">
        <CircleCheck size={22} className="text-success" />
        {t('none')}
      </p>
    );
  return (
    <ul className="divide-y divide-border">
      {found.map((one) => (
        <li
          key={`${one.code} ${one.node ?? ''} ${one.port ?? ''} ${one.edge ?? ''} ${one.path ?? ''}`}
          className="space-y-2 p-3"
        >
          <button
            type="button"
            className="flex w-full gap-2 text-left text-xs hover:underline"
            onClick={() => {
              const { node } = one;
              if (node === undefined) return;
              select([node], one.edge === undefined ? [] : [one.edge]);
              void flow()?.fitView({ nodes: [{ id: node }], duration: 250, maxZoom: 1, padding: 0.5 });
            }}
          >
            {one.severity === 'error' ? (
              <CircleX size={15} className="mt-px shrink-0 text-destructive" aria-label={t('error')} />
            ) : (
              <TriangleAlert size={15} className="mt-px shrink-0 text-warning" aria-label={t('warning')} />
            )}
            <span>{text(one)}</span>
          </button>
          <FixButtons found={one} />
        </li>
      ))}
      {all.length > shown && (
        <li className="p-3 text-xs text-muted-foreground">
          {t('more', { count: String(all.length - shown) })}
        </li>
      )}
    </ul>
  );
}
