'use client';
import { cloneElement, useState } from 'react';
import { overlays } from './overlays';
import type { DropPanelProps } from './panel';

/** A small panel under a trigger. The panel, and the code for it, exist from the first press on. */
export function DropPanel(props: DropPanelProps) {
  const parts = overlays.use();
  const [wanted, setWanted] = useState(false);
  if (wanted && parts !== undefined) return <parts.PanelOverlay {...props} />;
  return cloneElement(props.trigger, {
    'aria-haspopup': 'dialog',
    'aria-expanded': false,
    onClick: () => {
      setWanted(true);
      void overlays.load();
    },
  });
}
