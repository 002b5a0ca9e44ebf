'use client';
import { cloneElement, Suspense, useState } from 'react';
import type { DropPanelProps } from './menu';
import { PanelOverlay } from './overlays';

/** A small titled panel under a trigger. */
export function DropPanel(props: DropPanelProps) {
  const [pressed, setPressed] = useState(false);
  const closed = cloneElement(props.trigger, {
    'aria-haspopup': 'dialog',
    'aria-expanded': false,
    onClick: () => setPressed(true),
  });
  return pressed ? (
    <Suspense fallback={closed}>
      <PanelOverlay {...props} />
    </Suspense>
  ) : (
    closed
  );
}
