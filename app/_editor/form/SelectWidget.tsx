'use client';
import { useNodeLabels } from '../../_i18n/node-labels';
import { Choice } from '../../_ui/Choice';
import type { WidgetDescriptor, WidgetProps } from './widget';

export function SelectWidget({ id, label, definition, field, value, disabled, set, seal }: WidgetProps) {
  const labels = useNodeLabels();
  return (
    <Choice
      id={id}
      label={label}
      value={typeof value === 'string' ? value : ''}
      options={(field.options ?? []).map((option) => ({
        value: option,
        label: labels.option(definition, field.name, option),
      }))}
      disabled={disabled}
      onChange={(next) => {
        set(next);
        seal();
      }}
    />
  );
}

export const selectWidget: WidgetDescriptor<'select'> = {
  name: 'select',
  component: SelectWidget,
  layout: 'row',
};
