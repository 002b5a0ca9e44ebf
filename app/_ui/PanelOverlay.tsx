'use client';
import { Popover } from '@base-ui/react/popover';
import type { DropPanelProps } from './menu';

/** A small titled panel under a trigger, opened at once: its trigger has been pressed already (`DropPanel`). */
export function PanelOverlay({ trigger, title, children }: DropPanelProps) {
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} align="end" className="z-[80]">
          <Popover.Popup className="w-80 max-w-[calc(100vw-16px)] rounded-xl border border-border bg-popover p-4 text-popover-foreground shadow-2xl outline-none">
            <Popover.Title className="text-[13.5px] font-semibold">{title}</Popover.Title>
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
