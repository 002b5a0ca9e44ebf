import type { Point } from '../../_state/view';

/** Where on the page an event of mouse or finger is. */
export const pointOf = (event: MouseEvent | TouchEvent): Point => {
  if ('clientX' in event) return { x: event.clientX, y: event.clientY };
  const touch = event.changedTouches[0];
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
};
