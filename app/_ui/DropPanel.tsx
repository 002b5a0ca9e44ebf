'use client';
import { cloneElement, useState } from 'react';
import type { DropPanelProps } from './menu';
import { loadOverlays, useOverlays } from './overlays';

/** A small titled panel under a trigger. */
export function DropPanel(props: DropPanelProps) {
  const parts = useOverlays();
  const [pressed, setPressed] = useState(false);
  const press = (): void => {
    setPressed(true);
    void loadOverlays();
  };
  const closed = cloneElement(props.trigger, {
    'aria-haspopup': 'dialog',
    'aria-expanded': false,
    onClick: press,
  });
  return pressed && parts !== undefined ? <parts.PanelOverlay {...props} /> : closed;
}
