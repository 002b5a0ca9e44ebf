'use client';
/** A slider with a typed entry beside its name. One drag is one undo step. */
import { NumberEntry } from './NumberEntry';
import type { WidgetDescriptor, WidgetProps } from './widget';

export function SliderWidget({ id, label, field, value, disabled, set, seal }: WidgetProps) {
  const number = typeof value === 'number' ? value : (field.min ?? 0);
  const integer = field.type === 'integer';
  const step = field.step ?? (integer ? 1 : 0.01);
  const { min = 0, max = 1 } = field;
  return (
    <div className="nodrag">
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="min-w-0 flex-1 truncate text-[11.5px] text-muted-foreground">
          {label}
          {field.hints.unit !== undefined && ` (${field.hints.unit})`}
        </label>
        <NumberEntry
          id={id}
          label={label}
          value={number}
          min={min}
          max={max}
          step={step}
          integer={integer}
          disabled={disabled}
          onChange={set}
          onCommit={seal}
          className="!h-6 !w-16 text-right"
        />
      </div>
      {/* The platform's own slider: keys, touch and screen readers work, and a canvas holds hundreds. */}
      <input
        type="range"
        aria-label={label}
        value={number}
        min={min}
        max={max}
        step={step}
        disabled={disabled}
        onChange={(event) => set(Number(event.target.valueAsNumber.toPrecision(12)), 'slide')}
        // Arrow keys pressed in a row are one gesture; it ends when the slider is left.
        onPointerUp={seal}
        onBlur={seal}
        className="block h-5 w-full cursor-pointer accent-primary disabled:cursor-default disabled:opacity-60"
      />
    </div>
  );
}

export const sliderWidget: WidgetDescriptor<'slider'> = {
  name: 'slider',
  component: SliderWidget,
  layout: 'own-label',
};
