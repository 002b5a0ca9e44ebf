'use client';
/** A port on a node's edge: the handle, its sign, its name; lit or dimmed while an edge is pending. */
import { clsx } from 'clsx';
import { memo } from 'react';
import { Handle, Position } from 'reactflow';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import type { AnyNode, PortKind } from '@/engine';
import { catalogStore } from '../../_state/catalog';
import { useView } from '../../_state/view';
import { portKey } from '../../_state/fitting';
import { useNodeState } from '../../_state/node-channel';
import { useNodeLabels } from '../../_i18n/node-labels';
import { fillingOf, type Filling } from '../port/appearance';
import { PortGlyph } from '../port/PortGlyph';

export interface NodePortProps {
  readonly node: string;
  readonly side: 'in' | 'out';
  readonly port: string;
  readonly definition: AnyNode | undefined;
  /** Only the handle, for a collapsed node. */
  readonly bare?: boolean;
}

/** Kind and filling as one string, so that the selector gives equal results for equal looks. */
function useAppearance({ node, side, port, definition }: NodePortProps): {
  kind: PortKind;
  filling: Filling;
} {
  const spaces = useStore(catalogStore, (state) => state.spaces);
  const declared = definition?.[side === 'in' ? 'inputs' : 'outputs'][port]?.type;
  const filling = useNodeState(node, ({ inference }) => {
    const type = inference.portType(node, side, port) ?? declared;
    return type === undefined ? 'hollow' : fillingOf(type, spaces);
  });
  return { kind: declared?.kind ?? 'text', filling };
}

export const NodePort = memo(function NodePort(props: NodePortProps) {
  const { node, side, port, definition, bare = false } = props;
  const t = useTranslations('port');
  const labels = useNodeLabels();
  const { kind, filling } = useAppearance(props);
  const declared = definition?.[side === 'in' ? 'inputs' : 'outputs'][port];
  const key = portKey(node, side, port);
  const verdict = useView(({ pending }) => {
    if (pending === null) return 'idle';
    if (pending.from.node === node && pending.from.port === port && pending.from.side === side)
      return 'source';
    const found = pending.verdicts.get(key);
    return found === null ? 'fits' : 'refuses';
  });
  const missing = useNodeState(
    node,
    ({ inference }) =>
      side === 'in' &&
      declared !== undefined &&
      declared.optional !== true &&
      inference.diagnosticsOf(node).some((found) => found.code === 'missing-input' && found.port === port),
  );
  const text =
    definition === undefined
      ? { label: port, doc: '' }
      : labels.port(definition, side === 'in' ? 'inputs' : 'outputs', port, t(`kinds.${kind}`));
  return (
    <div
      className={clsx(
        'relative flex min-w-0 items-center gap-1.5',
        bare ? 'h-0' : 'h-[22px]',
        side === 'in' ? 'justify-start' : 'justify-end',
      )}
    >
      <Handle
        id={port}
        type={side === 'in' ? 'target' : 'source'}
        position={side === 'in' ? Position.Left : Position.Right}
        role="img"
        aria-label={t(side === 'in' ? 'input' : 'output', { name: text.label, kind: t(`kinds.${kind}`) })}
        title={`${text.label} · ${t(`kinds.${kind}`)}${text.doc === '' ? '' : `\n${text.doc}`}`}
        data-verdict={verdict}
        className={clsx(
          'loom-handle',
          (verdict === 'fits' || verdict === 'source') && 'loom-handle-lit',
          verdict === 'refuses' ? 'loom-handle-dim' : missing && 'loom-handle-missing',
        )}
      >
        <PortGlyph kind={kind} filling={definition === undefined ? 'hollow' : filling} />
      </Handle>
      {!bare && (
        <span
          className={clsx(
            'truncate text-[11.5px]',
            side === 'in' ? 'pl-3.5' : 'pr-3.5 text-right',
            verdict === 'fits' && 'font-semibold text-card-foreground',
            verdict !== 'fits' &&
              (missing && verdict !== 'refuses'
                ? 'font-medium text-destructive'
                : declared?.optional === true || verdict === 'refuses'
                  ? 'text-muted-foreground'
                  : 'text-card-foreground'),
          )}
        >
          {text.label}
          {declared?.optional === true && side === 'in' && (
            <span className="sr-only"> ({t('optional')})</span>
          )}
        </span>
      )}
    </div>
  );
});
