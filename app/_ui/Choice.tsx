'use client';
import { Select } from '@base-ui/react/select';
import { clsx } from 'clsx';
import { Check, ChevronDown } from 'lucide-react';
import { landmark } from './landmark';

interface Option {
  readonly value: string;
  readonly label: string;
}

export interface ChoiceProps {
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
  readonly label: string;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly id?: string;
}

/** A select of strings. */
export function Choice({ value, options, onChange, label, disabled = false, className, id }: ChoiceProps) {
  // What stands in the document is shown even where it is not one of the options (a missing package).
  const shown = options.find((option) => option.value === value)?.label ?? value;
  return (
    <Select.Root
      value={value}
      onValueChange={(next) => {
        if (typeof next === 'string') onChange(next);
      }}
      disabled={disabled}
      modal={false}
    >
      <Select.Trigger
        id={id}
        aria-label={label}
        className={clsx(
          'nodrag flex h-7 w-full min-w-0 items-center justify-between gap-1 rounded-md border border-border bg-background px-2 text-left text-xs hover:border-input disabled:opacity-60',
          className,
        )}
      >
        <span className="truncate">{shown}</span>
        <ChevronDown size={13} className="shrink-0 text-muted-foreground" />
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
function Options({ options }: { readonly options: readonly Option[] }) {
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
