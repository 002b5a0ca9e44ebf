/** Which tooltip is open: one at a time, after a rest of the pointer, at once when one was open a moment ago. */
import type { ReactNode } from 'react';
import { createStore } from 'zustand/vanilla';

export type TipSide = 'top' | 'bottom' | 'left' | 'right';
export interface OpenTip {
  readonly anchor: Element;
  readonly text: ReactNode;
  readonly hotkey: string | undefined;
  readonly side: TipSide;
}

/** The tooltip that is drawn; null when none is. */
export const tipStore = createStore<{ readonly open: OpenTip | null }>(() => ({ open: null }));

/** How long a pointer rests before the first tooltip, in ms. */
const rest = 350;
/** How long after one has closed the next comes at once, in ms. */
const warm = 400;

let timer: ReturnType<typeof setTimeout> | undefined;
let pending: Element | undefined;
let closedAt = -Infinity;

/** Opens a tooltip: at once for the keyboard's focus, after a rest for the pointer. */
export function showTip(tip: OpenTip, at: 'pointer' | 'focus'): void {
  clearTimeout(timer);
  pending = tip.anchor;
  const wait = at === 'focus' || performance.now() - closedAt < warm ? 0 : rest;
  timer = setTimeout(() => tipStore.setState({ open: tip }), wait);
}

/** Closes the tooltip of one element, open or about to be; of any element without an argument. */
export function hideTip(anchor?: Element): void {
  if (anchor === undefined || pending === anchor) {
    clearTimeout(timer);
    pending = undefined;
  }
  const { open } = tipStore.getState();
  if (open === null || (anchor !== undefined && open.anchor !== anchor)) return;
  closedAt = performance.now();
  tipStore.setState({ open: null });
}
