'use client';
import { Toggle } from '../../_ui/Toggle';
import type { WidgetDescriptor, WidgetProps } from './widget';

export function SwitchWidget({ label, value, disabled, set, seal }: WidgetProps) {
  return (
    <span className="flex justify-end">
      <Toggle
        label={label}
        checked={value === true}
        disabled={disabled}
        onChange={(checked) => {
          set(checked);
          seal();
        }}
      />
    </span>
  );
}

export const switchWidget: WidgetDescriptor<'switch'> = {
  name: 'switch',
  component: SwitchWidget,
  layout: 'row',
};
