'use client';
/** One parameter: its name, its widget by hint, what is wrong with its value. */
import { getOwn } from '@/engine/types';
import { RotateCcw } from 'lucide-react';
import { memo, useId } from 'react';
import { useTranslations } from 'use-intl';
import type { AnyNode } from '@/engine';
import { useNodeLabels } from '../../_i18n/node-labels';
import { useNode } from '../../_state/node-channel';
import { sweepable } from '../../_state/sweepable';
import { view } from '../../_state/view';
import { edit, activeTab } from '../../_state/workspace';
import { useDiagnosticText, useDiagnostics } from '../port/diagnostics';
import type { Field } from '../../_state/fields';
import { SweepChip } from './SweepChip';
import { widgetOf } from './widgets';

export const FieldRow = memo(function FieldRow({
  node,
  definition,
  field,
  disabled,
}: {
  readonly node: string;
  readonly definition: AnyNode;
  readonly field: Field;
  readonly disabled: boolean;
}) {
  const id = useId();
  const labels = useNodeLabels();
  const params = useNode(node)?.params;
  const wrong = useDiagnostics(node).find(
    (found) => found.code === 'invalid-param' && found.path?.split('.')[0] === field.name,
  );
  const text = useDiagnosticText();
  const label = labels.param(definition, field.name, field.hints.label);
  const stored: unknown = params?.[field.name];
  const value = stored === undefined ? field.initial : stored;
  const set = (next: unknown, gesture?: string): void =>
    edit(
      `param|${label}`,
      (draft) => {
        const target = getOwn(draft.nodes, node);
        // Widgets hand out strings, numbers, booleans and null: all JSON.
        if (target !== undefined) target.params[field.name] = next as string | number | boolean | null;
      },
      `${node} ${field.name} ${gesture ?? ''}`,
    );
  const { component: Widget, layout } = widgetOf(field);
  const stacked = layout !== 'row';
  const unit = field.hints.unit;
  const t = useTranslations('node');
  // A number that may be left to the node itself.
  const optional = field.nullable && (field.type === 'number' || field.type === 'integer');
  const automatic = optional && value === null;
  return (
    // Right click, or the menu key on what has the focus. Words keep the browser's own menu.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- a shortcut to the node's own menu
    <div
      className={stacked ? 'space-y-0.5' : 'grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] items-center gap-2'}
      onContextMenu={(event) => {
        const words = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
        if (disabled || words || !sweepable({ type: definition.id }).some(({ name }) => name === field.name))
          return;
        event.preventDefault();
        event.stopPropagation();
        view.setState({ sweep: { node, param: field.name } });
      }}
    >
      {layout !== 'own-label' && (
        <label htmlFor={id} className="truncate text-[11.5px] text-muted-foreground" title={label}>
          {label}
          {unit !== undefined && ` (${unit})`}
        </label>
      )}
      {automatic ? (
        <span className="flex items-center justify-between gap-2 text-[11.5px] text-muted-foreground">
          {stacked && label}
          <button
            type="button"
            disabled={disabled}
            className="nodrag h-7 rounded-md border border-border bg-background px-2 text-xs hover:border-input"
            title={t('set-own')}
            onClick={() => set(field.min ?? 0)}
          >
            {t('automatic')}
          </button>
        </span>
      ) : (
        <span className={optional ? 'flex min-w-0 items-end gap-1' : 'contents'}>
          <span className={optional ? 'min-w-0 flex-1' : 'contents'}>
            <Widget
              id={id}
              node={node}
              definition={definition}
              field={field}
              label={label}
              value={value}
              disabled={disabled}
              set={set}
              seal={() => activeTab().history.seal()}
            />
          </span>
          {optional && (
            <button
              type="button"
              disabled={disabled}
              aria-label={t('reset', { name: label })}
              title={t('reset', { name: label })}
              onClick={() => set(null)}
              className="nodrag flex size-6 shrink-0 items-center justify-center rounded-md text-muted-foreground hover:bg-muted"
            >
              <RotateCcw size={12} />
            </button>
          )}
        </span>
      )}
      <SweepChip node={node} param={field.name} label={label} />
      {wrong !== undefined && <p className="col-span-2 text-[11px] text-destructive">{text(wrong)}</p>}
    </div>
  );
});
