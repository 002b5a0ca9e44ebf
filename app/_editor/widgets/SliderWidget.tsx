'use client';
/** A slider with a typed entry beside its name. One drag is one undo step. */
import { Slider } from '@base-ui/react/slider';
import { NumberEntry } from './NumberEntry';
import type { WidgetProps } from './props';

export function SliderWidget({ id, label, field, value, disabled, set, seal }: WidgetProps) {
  const number = typeof value === 'number' ? value : (field.min ?? 0);
  const integer = field.type === 'integer';
  const step = field.step ?? (integer ? 1 : 0.01);
  const { min = 0, max = 1 } = field;
  return (
    <Slider.Root
      value={number}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      onValueChange={(next) => {
        if (typeof next === 'number') set(Number(next.toPrecision(12)), 'slide');
      }}
      // Arrow keys pressed in a row are one gesture; it ends when the slider is left.
      onValueCommitted={(_, { event }) => {
        if (!(event instanceof KeyboardEvent)) seal();
      }}
      onBlur={seal}
      className="nodrag"
    >
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
      <Slider.Control className="flex h-5 w-full touch-none items-center px-1.5 select-none">
        <Slider.Track className="h-1 w-full rounded-full bg-muted">
          <Slider.Indicator className="rounded-full bg-primary" />
          <Slider.Thumb
            aria-label={label}
            className="size-3.5 rounded-full border-2 border-primary bg-card shadow-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring"
          />
        </Slider.Track>
      </Slider.Control>
    </Slider.Root>
  );
}
