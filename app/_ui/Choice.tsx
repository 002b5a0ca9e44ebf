'use client';
import { clsx } from 'clsx';
import { useState } from 'react';
import { ChoiceFace, choiceStyle, type ChoiceProps } from './ChoiceFace';
import { loadOverlays, useOverlays } from './overlays';

/** A select of strings. */
export function Choice(props: ChoiceProps) {
  const parts = useOverlays();
  const [pressed, setPressed] = useState(false);
  const press = (): void => {
    setPressed(true);
    void loadOverlays();
  };
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
      onClick={press}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
        event.preventDefault();
        press();
      }}
      className={clsx(choiceStyle, props.className)}
    >
      <ChoiceFace value={props.value} options={props.options} />
    </button>
  );
  return pressed && parts !== undefined ? <parts.SelectOverlay {...props} /> : closed;
}
