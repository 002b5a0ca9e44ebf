'use client';
import { NumberEntry } from './NumberEntry';
import type { WidgetDescriptor, WidgetProps } from './widget';

export function NumberWidget({ id, label, field, value, disabled, set, seal }: WidgetProps) {
  return (
    <NumberEntry
      id={id}
      label={label}
      value={typeof value === 'number' ? value : 0}
      min={field.min}
      max={field.max}
      step={field.step}
      integer={field.type === 'integer'}
      disabled={disabled}
      onChange={set}
      onCommit={seal}
    />
  );
}

export const numberWidget: WidgetDescriptor<'number'> = {
  name: 'number',
  component: NumberWidget,
  layout: 'row',
};
