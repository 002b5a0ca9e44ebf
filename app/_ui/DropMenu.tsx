'use client';
import { cloneElement, Suspense, useState } from 'react';
import type { DropMenuProps } from './menu';
import { MenuOverlay } from './overlays';

/** A menu under a trigger. */
export function DropMenu(props: DropMenuProps) {
  const [pressed, setPressed] = useState(false);
  const closed = cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => setPressed(true),
  });
  return pressed ? (
    <Suspense fallback={closed}>
      <MenuOverlay {...props} />
    </Suspense>
  ) : (
    closed
  );
}
