'use client';
import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Keys } from './Keys';
import { landmark } from './landmark';

interface TipContent {
  readonly text: ReactNode;
  readonly hotkey: string | undefined;
  readonly side: 'top' | 'bottom' | 'left' | 'right';
}

/** All tooltips of the page share one popup: a canvas has hundreds of triggers. */
const handle = Tooltip.createHandle<TipContent>();

/** How long a pointer rests before the first tooltip, in ms. */
const delay = 350;

/** Once in the page: where the one tooltip that is open is drawn. */
export function TipLayer() {
  return (
    <Tooltip.Provider delay={delay}>
      <Tooltip.Root handle={handle} disableHoverablePopup>
        {({ payload }) => (
          <Tooltip.Portal container={landmark}>
            <Tooltip.Positioner
              side={payload?.side ?? 'bottom'}
              sideOffset={6}
              className="pointer-events-none z-[90]"
            >
              <Tooltip.Popup className="flex max-w-72 items-center gap-2 rounded-md bg-foreground px-2 py-1 text-xs text-background shadow-lg">
                <span>{payload?.text}</span>
                {payload?.hotkey !== undefined && <Keys hotkey={payload.hotkey} inverse />}
              </Tooltip.Popup>
            </Tooltip.Positioner>
          </Tooltip.Portal>
        )}
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}

/**
 * A tooltip for one element. It says what the element's own name says, or how
 * its key is called; the element itself carries the name for screen readers.
 */
export function Tip({
  text,
  hotkey,
  side = 'bottom',
  children,
}: {
  readonly text: ReactNode;
  readonly hotkey?: string | undefined;
  readonly side?: TipContent['side'] | undefined;
  readonly children: ReactElement<Record<string, unknown>>;
}) {
  return <Tooltip.Trigger handle={handle} payload={{ text, hotkey, side }} delay={delay} render={children} />;
}
