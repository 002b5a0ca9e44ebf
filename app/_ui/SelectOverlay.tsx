'use client';
import { Select } from '@base-ui/react/select';
import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import { ChoiceFace, choiceStyle, type ChoiceProps } from './ChoiceFace';
import { landmark } from './landmark';

/** A select of strings, opened at once: its face has been pressed already (`Choice`). */
export function SelectOverlay({
  value,
  options,
  onChange,
  label,
  disabled = false,
  className,
  id,
}: ChoiceProps) {
  return (
    <Select.Root
      defaultOpen
      value={value}
      onValueChange={(next) => {
        if (typeof next === 'string') onChange(next);
      }}
      disabled={disabled}
      modal={false}
    >
      <Select.Trigger id={id} aria-label={label} className={clsx(choiceStyle, className)}>
        <ChoiceFace value={value} options={options} />
      </Select.Trigger>
      <Select.Portal container={landmark}>
        <Select.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-[80]">
          <Select.Popup className="max-h-72 min-w-[var(--anchor-width)] overflow-auto rounded-lg border border-border bg-popover p-1 text-popover-foreground shadow-xl outline-none">
            <Options options={options} />
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  );
}

/** A component of its own, so that a closed list costs nothing: a canvas has hundreds of them. */
function Options({ options }: { readonly options: ChoiceProps['options'] }) {
  return options.map((option) => (
    <Select.Item
      key={option.value}
      value={option.value}
      className="flex h-7 cursor-default items-center gap-2 rounded px-2 text-xs outline-none select-none data-[highlighted]:bg-accent data-[highlighted]:text-accent-foreground"
    >
      <span className="w-3.5">
        <Select.ItemIndicator>
          <Check size={13} />
        </Select.ItemIndicator>
      </span>
      <Select.ItemText>{option.label}</Select.ItemText>
    </Select.Item>
  ));
}
