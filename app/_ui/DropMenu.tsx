'use client';
import { cloneElement, useState } from 'react';
import type { DropMenuProps } from './menu';
import { overlays } from './overlays';

/** A menu under a trigger. The menu, and the code for it, exist from the first press on. */
export function DropMenu(props: DropMenuProps) {
  const parts = overlays.use();
  const [wanted, setWanted] = useState(false);
  if (wanted && parts !== undefined) return <parts.MenuOverlay {...props} />;
  return cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => {
      setWanted(true);
      void overlays.load();
    },
  });
}
