'use client';
import { ChevronDown } from 'lucide-react';

export interface ChoiceProps {
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly label: string;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly id?: string;
}

export const choiceStyle =
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
