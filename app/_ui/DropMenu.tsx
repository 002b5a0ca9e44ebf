'use client';
import { cloneElement, useState, type ComponentType, type ReactElement, type ReactNode } from 'react';
import { overlays } from './overlays';

export interface MenuEntry {
  readonly key: string;
  readonly label: string;
  readonly icon?: ComponentType<{ size?: number | string; className?: string }> | undefined;
  readonly hotkey?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly checked?: boolean | undefined;
  readonly danger?: boolean | undefined;
  readonly entries?: readonly (MenuEntry | 'separator')[] | undefined;
  readonly perform?: () => void;
}
export type Entries = readonly (MenuEntry | 'separator')[];

export interface DropMenuProps {
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly entries: Entries;
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'bottom';
  readonly header?: ReactNode;
}

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
