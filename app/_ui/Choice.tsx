'use client';
import { clsx } from 'clsx';
import { Suspense, useState } from 'react';
import { ChoiceFace, choiceStyle, type ChoiceProps } from './ChoiceFace';
import { SelectOverlay } from './overlays';

/** A select of strings. */
export function Choice(props: ChoiceProps) {
  const [pressed, setPressed] = useState(false);
  const closed = (
    <button
      type="button"
      id={props.id}
      // oxlint-disable-next-line jsx-a11y/role-has-required-aria-props -- the list does not exist before the first press
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      aria-label={props.label}
      disabled={props.disabled}
      onClick={() => setPressed(true)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
        event.preventDefault();
        setPressed(true);
      }}
      className={clsx(choiceStyle, props.className)}
    >
      <ChoiceFace value={props.value} options={props.options} />
    </button>
  );
  return pressed ? (
    <Suspense fallback={closed}>
      <SelectOverlay {...props} />
    </Suspense>
  ) : (
    closed
  );
}
