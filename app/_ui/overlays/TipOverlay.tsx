'use client';
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Keys } from '../Keys';
import { landmark } from './landmark';
import { hideTip, tipStore } from '../tip-store';

/** The one tooltip that is open, beside its element. */
export function TipOverlay() {
  const tip = useStore(tipStore, (state) => state.open);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hideTip();
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, []);
  if (tip === null) return null;
  return (
    <Tooltip.Root open>
      <Tooltip.Portal container={landmark()}>
        <Tooltip.Positioner
          anchor={tip.anchor}
          side={tip.side}
          sideOffset={6}
          className="pointer-events-none z-[90]"
        >
          <Tooltip.Popup className="flex max-w-72 items-center gap-2 rounded-md bg-foreground px-2 py-1 text-xs text-background shadow-lg">
            <span>{tip.text}</span>
            {tip.hotkey !== undefined && <Keys hotkey={tip.hotkey} inverse />}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
