'use client';
/** A refused wire: what was given, what is wanted, and the mends as buttons. */
import { CircleX, Wrench, X } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { applyMend, mendsOf, type Diagnostic, type Mend, type PortType } from '@/engine';
import { registry } from '@/nodes/registry';
import { mendText } from '../../_i18n/mend-text';
import { useNodeWords } from '../../_i18n/node-text';
import { connect, freshId } from '../../_state/edits';
import { useView, view } from '../../_state/view';
import { edit, workspace } from '../../_state/workspace';
import { Button } from '../../_ui/Button';
import { useDiagnosticText } from './diagnostics';
import { fieldsOf } from './ports';
import { PortGlyph } from './PortGlyph';

export function TypeLine({ type, caption }: { readonly type: PortType; readonly caption: string }) {
  const t = useTranslations('port');
  return (
    <div className="flex items-start gap-2 text-xs">
      <span className="w-14 shrink-0 text-muted-foreground">{caption}</span>
      <span className="flex min-w-0 flex-wrap items-center gap-1">
        <PortGlyph kind={type.kind} size={12} />
        <span className="font-medium">{t(`kinds.${type.kind}`)}</span>
        {fieldsOf(type).map(({ name, value }) => (
          <code key={name} className="rounded bg-muted px-1 text-[11px] text-muted-foreground">
            {t.has(`fields.${name}` as never) ? t(`fields.${name}` as never) : name}: {value}
          </code>
        ))}
      </span>
    </div>
  );
}

/** A mend in words. */
export function useMendText(): (mend: Mend) => string {
  const t = useTranslations('mends');
  const words = useNodeWords();
  const typeTitle = (type: string): string => words.title(registry.get(type), type);
  const titleOf = (id: string): string => {
    const node = workspace.getState().document.nodes[id];
    return node === undefined ? id : (node.title ?? typeTitle(node.type));
  };
  return (mend) => mendText(mend, t, titleOf, typeTitle);
}

/** Buttons that mend a finding of the document; none where nothing would. */
export function MendButtons({ found }: { readonly found: Diagnostic }) {
  const text = useMendText();
  const t = useTranslations('mends');
  const mends = useMemo(() => mendsOf(found, workspace.getState().inference), [found]);
  if (mends.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-1.5">
      {mends.map((mend) => (
        <Button
          key={JSON.stringify(mend)}
          small
          look="outline"
          title={t('one-click')}
          onClick={() => {
            edit('mend', (draft) => applyMend(draft, mend, registry));
            view.setState({ refusal: null });
          }}
        >
          <Wrench size={12} />
          {text(mend)}
        </Button>
      ))}
    </div>
  );
}

export function RefusalCard() {
  const refusal = useView((state) => state.refusal);
  const t = useTranslations('refusal');
  const text = useDiagnosticText();
  const mendOf = useMendText();
  const box = useRef<HTMLDivElement>(null);
  const close = (): void => view.setState({ refusal: null });
  const mends = useMemo(
    () => (refusal === null ? [] : mendsOf(refusal.diagnostic, workspace.getState().inference, refusal)),
    [refusal],
  );
  useEffect(() => {
    if (refusal !== null) box.current?.querySelector('button')?.focus();
  }, [refusal]);
  if (refusal === null) return null;
  const { diagnostic, screen, from, to } = refusal;
  const left = Math.max(8, Math.min(screen.x + 8, innerWidth - 388));
  const top = Math.max(56, Math.min(screen.y + 8, innerHeight - 260));
  /** The refused wire is not in the document: it is laid first, so that the mend has what it speaks of. One step. */
  const apply = (mend: Mend): void => {
    edit('mend', (draft) => {
      if ('edge' in mend && !(mend.edge in draft.edges)) {
        connect(draft, from, to);
        const laid = Object.entries(draft.edges).find(
          ([, edge]) => edge.to.node === to.node && edge.to.port === to.port,
        );
        if (laid !== undefined && laid[0] !== mend.edge) {
          delete draft.edges[laid[0]];
          draft.edges[freshId(draft.edges, mend.edge)] = laid[1];
        }
      }
      applyMend(draft, mend, registry);
    });
    close();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes a dialog
    <div
      ref={box}
      role="alertdialog"
      aria-label={t('title')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
      className="fixed z-[70] w-[380px] max-w-[calc(100vw-16px)] rounded-xl border border-border bg-popover p-3.5 text-popover-foreground shadow-2xl"
      style={{ left, top }}
    >
      <div className="flex items-start gap-2">
        <CircleX size={17} className="mt-px shrink-0 text-destructive" />
        <div className="min-w-0 flex-1">
          <h2 className="text-[13px] font-semibold">{t('title')}</h2>
          <p className="mt-0.5 text-xs">{text(diagnostic)}</p>
        </div>
        <button type="button" aria-label={t('close')} onClick={close} className="rounded p-1 hover:bg-muted">
          <X size={14} />
        </button>
      </div>
      <div className="mt-2.5 space-y-1.5 rounded-lg bg-muted/60 p-2">
        {diagnostic.gotType !== undefined && <TypeLine type={diagnostic.gotType} caption={t('got')} />}
        {diagnostic.wantType !== undefined && <TypeLine type={diagnostic.wantType} caption={t('want')} />}
      </div>
      {mends.length > 0 && (
        <div className="mt-3">
          <p className="mb-1.5 text-xs font-medium text-muted-foreground">{t('mends')}</p>
          <div className="flex flex-wrap gap-1.5">
            {mends.map((mend) => (
              <Button key={JSON.stringify(mend)} small look="outline" onClick={() => apply(mend)}>
                <Wrench size={12} />
                {mendOf(mend)}
              </Button>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
