'use client';
/** One parameter: its name, its widget by hint, what is wrong with its value. */
import { memo, useId } from 'react';
import type { AnyNode } from '@/engine';
import { useNodeWords } from '../../_i18n/node-text';
import { useNode, edit, activeTab } from '../../_state/workspace';
import { useDiagnosticText, useDiagnostics } from '../diagnostics';
import type { Field } from '../fields';
import { widgetOf } from './widgets';

export interface WidgetProps {
  readonly id: string;
  readonly node: string;
  readonly definition: AnyNode;
  readonly field: Field;
  readonly label: string;
  readonly value: unknown;
  readonly disabled: boolean;
  /** Sets the value. Calls with one `gesture` in a row are one undo step. */
  readonly set: (value: unknown, gesture?: string) => void;
  /** Ends the gesture. */
  readonly seal: () => void;
}

/** Widgets that need the node's whole width: their name stands above. */
const tall = new Set(['prompt', 'map-painter', 'mask-painter', 'image-file', 'schedule-plot', 'slider', 'seed']);

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
  const words = useNodeWords();
  const params = useNode(node)?.params;
  const wrong = useDiagnostics(node).find(
    (found) => found.code === 'invalid-param' && found.path?.split('.')[0] === field.name,
  );
  const text = useDiagnosticText();
  const label = words.param(definition, field.name, field.hints.label);
  const stored: unknown = params?.[field.name];
  const value = stored === undefined ? field.initial : stored;
  const set = (next: unknown, gesture?: string): void =>
    edit(
      `param|${label}`,
      (draft) => {
        const target = draft.nodes[node];
        // Widgets hand out strings, numbers, booleans and null: all JSON.
        if (target !== undefined) target.params[field.name] = next as string | number | boolean | null;
      },
      `${node} ${field.name} ${gesture ?? ''}`,
    );
  const Widget = widgetOf(field);
  const stacked = tall.has(field.widget);
  const unit = field.hints.unit;
  return (
    <div className={stacked ? 'space-y-0.5' : 'grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] items-center gap-2'}>
      {field.widget !== 'slider' && field.widget !== 'seed' && (
        <label htmlFor={id} className="truncate text-[11.5px] text-muted-foreground" title={label}>
          {label}
          {unit !== undefined && ` (${unit})`}
        </label>
      )}
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
      {wrong !== undefined && <p className="col-span-2 text-[11px] text-destructive">{text(wrong)}</p>}
    </div>
  );
});
