'use client';
import { entry } from './entry-style';
import type { WidgetDescriptor, WidgetProps } from './widget';

export function TextWidget({ id, value, disabled, set, seal }: WidgetProps) {
  return (
    <input
      id={id}
      type="text"
      value={typeof value === 'string' ? value : ''}
      disabled={disabled}
      onChange={(event) => set(event.target.value, 'typing')}
      onBlur={seal}
      className={entry}
    />
  );
}

export const textWidget: WidgetDescriptor<'text'> = { name: 'text', component: TextWidget, layout: 'row' };
