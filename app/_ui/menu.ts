/** What menus and panels hold, apart from what draws them. */
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

export interface DropPanelProps {
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly title: string;
  readonly children: ReactNode;
}
