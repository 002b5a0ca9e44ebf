'use client';
import { cloneElement, useState } from 'react';
import type { DropMenuProps } from './menu';
import { loadOverlays, useOverlays } from './overlays';

/** A menu under a trigger. */
export function DropMenu(props: DropMenuProps) {
  const parts = useOverlays();
  const [pressed, setPressed] = useState(false);
  const press = (): void => {
    setPressed(true);
    void loadOverlays();
  };
  const closed = cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: press,
  });
  return pressed && parts !== undefined ? <parts.MenuOverlay {...props} /> : closed;
}
