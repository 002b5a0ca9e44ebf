'use client';
/** A refused edge: what was given, what is wanted, and the fixes as buttons. */
import { getOwn } from '@/engine/types';
import { CircleX, Wrench, X } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { applyFix, fixesFor, type Diagnostic, type QuickFix, type PortType } from '@/engine';
import { registry } from '../../_state/nodes';
import { fixText } from '../../_i18n/fix-text';
import { useNodeLabels } from '../../_i18n/node-labels';
import { useView, view } from '../../_state/view';
import { edit, workspace } from '../../_state/workspace';
import { Button } from '../../_ui/Button';
import { useDiagnosticText } from './diagnostics';
import { fieldsOf } from './appearance';
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

/** A fix in words. */
export function useFixText(): (fix: QuickFix) => string {
  const t = useTranslations('fixes');
  const labels = useNodeLabels();
  const typeTitle = (type: string): string => labels.title(registry.get(type), type);
  const titleOf = (id: string): string => {
    const node = getOwn(workspace.getState().document.nodes, id);
    return node === undefined ? id : (node.title ?? typeTitle(node.type));
  };
  return (fix) => fixText(fix, t, titleOf, typeTitle);
}

/** Buttons that fix a diagnostic of the document; none where nothing would. */
export function FixButtons({ found }: { readonly found: Diagnostic }) {
  const text = useFixText();
  const t = useTranslations('fixes');
  const fixes = useMemo(() => fixesFor(found, workspace.getState().inference), [found]);
  if (fixes.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-1.5">
      {fixes.map((fix) => (
        <Button
          key={JSON.stringify(fix)}
          small
          variant="outline"
          title={t('one-click')}
          onClick={() => {
            edit('fix', (draft) => applyFix(draft, fix, registry));
            view.setState({ connectionError: null });
          }}
        >
          <Wrench size={12} />
          {text(fix)}
        </Button>
      ))}
    </div>
  );
}

export function ConnectionError() {
  const connectionError = useView((state) => state.connectionError);
  const t = useTranslations('connectionError');
  const text = useDiagnosticText();
  const fixOf = useFixText();
  const box = useRef<HTMLDivElement>(null);
  const close = (): void => view.setState({ connectionError: null });
  const fixes = useMemo(
    () =>
      connectionError === null
        ? []
        : fixesFor(connectionError.diagnostic, workspace.getState().inference, connectionError),
    [connectionError],
  );
  useEffect(() => {
    if (connectionError !== null) box.current?.querySelector('button')?.focus();
  }, [connectionError]);
  if (connectionError === null) return null;
  const { diagnostic, screen, from, to } = connectionError;
  const left = Math.max(8, Math.min(screen.x + 8, innerWidth - 388));
  const top = Math.max(56, Math.min(screen.y + 8, innerHeight - 260));
  /** The fix and the edge it was offered for, as one step. */
  const apply = (fix: QuickFix): void => {
    edit('fix', (draft) => applyFix(draft, fix, registry, { from, to }));
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
      {fixes.length > 0 && (
        <div className="mt-3">
          <p className="mb-1.5 text-xs font-medium text-muted-foreground">{t('fixes')}</p>
          <div className="flex flex-wrap gap-1.5">
            {fixes.map((fix) => (
              <Button key={JSON.stringify(fix)} small variant="outline" onClick={() => apply(fix)}>
                <Wrench size={12} />
                {fixOf(fix)}
              </Button>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
