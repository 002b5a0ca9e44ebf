'use client';
import { clsx } from 'clsx';
import { useState } from 'react';
import { ChoiceFace, choiceStyle, type ChoiceProps } from './ChoiceFace';
import { overlays } from './overlays';

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
      className={clsx(choiceStyle, props.className)}
    >
      <ChoiceFace value={props.value} options={props.options} />
    </button>
  );
}
