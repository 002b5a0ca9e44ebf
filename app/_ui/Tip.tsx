'use client';
import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Keys } from './Keys';

/** Once around the app: tooltips that follow each other appear at once. */
export function TipProvider({ children }: { readonly children: ReactNode }) {
  return <Tooltip.Provider delay={350}>{children}</Tooltip.Provider>;
}

/** A tooltip around one element that takes a ref. */
export function Tip({
  text,
  hotkey,
  side = 'bottom',
  children,
}: {
  readonly text: ReactNode;
  readonly hotkey?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  readonly children: ReactElement<Record<string, unknown>>;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner side={side} sideOffset={6} className="z-[90]">
          <Tooltip.Popup className="flex max-w-72 items-center gap-2 rounded-md bg-foreground px-2 py-1 text-xs text-background shadow-lg">
            <span>{text}</span>
            {hotkey !== undefined && <Keys hotkey={hotkey} inverse />}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
