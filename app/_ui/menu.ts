/** What a menu holds, apart from what draws it. */
import type { ComponentType, ReactElement, ReactNode } from 'react';

export interface MenuEntry {
  readonly key: string;
  readonly label: string;
  readonly icon?: ComponentType<{ size?: number | string; className?: string }> | undefined;
  readonly hotkey?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly checked?: boolean | undefined;
  /** One of several of which one is checked; those that stand together are one choice, and choosing closes the menu. */
  readonly choice?: true;
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
