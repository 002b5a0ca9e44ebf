'use client';
import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { overlays } from './overlays';

export interface ChoiceProps {
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly label: string;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly id?: string;
}

export const choiceLook =
  'nodrag flex h-7 w-full min-w-0 items-center justify-between gap-1 rounded-md border border-border bg-background px-2 text-left text-xs hover:border-input disabled:opacity-60';

/** What a closed select shows. */
export function ChoiceFace({ value, options }: Pick<ChoiceProps, 'value' | 'options'>) {
  // What stands in the document is shown even where it is not one of the options (a missing package).
  const shown = options.find((option) => option.value === value)?.label ?? value;
  return (
    <>
      <span className="truncate">{shown}</span>
      <ChevronDown size={13} className="shrink-0 text-muted-foreground" />
    </>
  );
}

/** A select of strings. Its list, and the code for it, exist from the first press on: a canvas has hundreds of these. */
export function Choice(props: ChoiceProps) {
  const parts = overlays.use();
  const [wanted, setWanted] = useState(false);
  if (wanted && parts !== undefined) return <parts.ChoiceOverlay {...props} />;
  const open = (): void => {
    setWanted(true);
    void overlays.load();
  };
  return (
    <button
      type="button"
      id={props.id}
      // oxlint-disable-next-line jsx-a11y/role-has-required-aria-props -- the list does not exist before the first press
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      aria-label={props.label}
      disabled={props.disabled}
      onClick={open}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
        event.preventDefault();
        open();
      }}
      className={clsx(choiceLook, props.className)}
    >
      <ChoiceFace value={props.value} options={props.options} />
    </button>
  );
}
