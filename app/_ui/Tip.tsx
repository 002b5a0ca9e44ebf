'use client';
import {
  cloneElement,
  useEffect,
  useRef,
  type FocusEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
} from 'react';
import { hideTip, showTip, type TipSide } from './tip-store';
import { overlays } from './overlays';

/** Once in the page: where the one tooltip that is open is drawn. */
export function TipLayer() {
  const parts = overlays.use();
  return parts === undefined ? null : <parts.TipOverlay />;
}

const call = (handler: unknown, event: unknown): void => {
  if (typeof handler === 'function') handler(event);
};

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
  readonly side?: TipSide | undefined;
  readonly children: ReactElement<Record<string, unknown>>;
}) {
  const mine = useRef<Element>(null);
  // An element that goes away under the pointer takes its tooltip along.
  useEffect(
    () => () => {
      if (mine.current !== null) hideTip(mine.current);
    },
    [],
  );
  const show = (anchor: Element, at: 'pointer' | 'focus'): void => {
    mine.current = anchor;
    showTip({ anchor, text, hotkey, side }, at);
  };
  const { props } = children;
  return cloneElement(children, {
    onPointerEnter: (event: PointerEvent) => {
      call(props['onPointerEnter'], event);
      if (event.pointerType !== 'touch') show(event.currentTarget, 'pointer');
    },
    onPointerLeave: (event: PointerEvent) => {
      call(props['onPointerLeave'], event);
      hideTip(event.currentTarget);
    },
    onPointerDown: (event: PointerEvent) => {
      call(props['onPointerDown'], event);
      hideTip(event.currentTarget);
    },
    onFocus: (event: FocusEvent) => {
      call(props['onFocus'], event);
      if (event.currentTarget.matches(':focus-visible')) show(event.currentTarget, 'focus');
    },
    onBlur: (event: FocusEvent) => {
      call(props['onBlur'], event);
      hideTip(event.currentTarget);
    },
  });
}
