'use client';
/** A number typed freely and taken when it is one: on Enter, on leaving, by arrow keys. */
import { clsx } from 'clsx';
import { useState, type KeyboardEvent } from 'react';
import { entry } from './entry-style';

export interface NumberEntryProps {
  readonly id?: string;
  readonly label: string;
  readonly value: number;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  readonly integer?: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly onChange: (value: number, gesture?: string) => void;
  readonly onCommit: () => void;
}

const clampTo = (value: number, min = -Infinity, max = Infinity): number =>
  Math.min(max, Math.max(min, value));
/** Cuts the noise of binary fractions off: 0.1 + 0.2 → 0.3. */
const tidy = (value: number): number => Number(value.toPrecision(12));

export function NumberEntry({ value, onChange, onCommit, integer = false, ...rest }: NumberEntryProps) {
  const { id, label, min, max, step = integer ? 1 : 0.1, disabled = false, className } = rest;
  const [draft, setDraft] = useState<string | null>(null);
  const take = (text: string): void => {
    const parsed = Number(text.replace(',', '.'));
    setDraft(null);
    if (text.trim() === '' || !Number.isFinite(parsed)) return;
    onChange(clampTo(integer ? Math.round(parsed) : parsed, min, max));
    onCommit();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') take(event.currentTarget.value);
    else if (event.key === 'Escape') setDraft(null);
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      const by = (event.key === 'ArrowUp' ? 1 : -1) * step * (event.shiftKey ? 10 : 1);
      setDraft(null);
      onChange(clampTo(tidy(value + by), min, max), 'arrows');
    }
  };
  return (
    <input
      id={id}
      type="text"
      inputMode={integer ? 'numeric' : 'decimal'}
      role="spinbutton"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      value={draft ?? String(value)}
      disabled={disabled}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={(event) => {
        if (draft !== null) take(event.target.value);
        onCommit();
      }}
      onKeyDown={onKeyDown}
      className={clsx(entry, 'tabular-nums', className)}
    />
  );
}
