'use client';
import { entry } from './entry-style';
import type { WidgetProps } from './props';

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
