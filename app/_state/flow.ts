/** The canvas on the page, for commands that move what is seen. Set while a canvas is mounted. */
import type { ReactFlowInstance } from 'reactflow';
import { narrow } from '../_ui/media';
import { preferences } from './preferences';
import { resultStore } from './results';
import type { Point } from './view';

let instance: ReactFlowInstance | null = null;
/** Where the pointer last was over the canvas, in page coordinates. */
let pointer: Point | null = null;

export const setFlow = (next: ReactFlowInstance | null): void => {
  instance = next;
};
export const flow = (): ReactFlowInstance | null => instance;
export const setPointer = (at: Point | null): void => {
  pointer = at;
};

/** Where something new goes: under the pointer when it is over the canvas, else in the middle of what is seen. */
export function placeForNew(): { screen: Point; flow: Point } {
  const pane = document.querySelector('.react-flow')?.getBoundingClientRect();
  const middle = {
    x: (pane?.left ?? 0) + (pane?.width ?? innerWidth) / 2,
    y: (pane?.top ?? 0) + (pane?.height ?? innerHeight) / 2,
  };
  const screen = pointer ?? middle;
  return { screen, flow: instance?.screenToFlowPosition(screen) ?? { x: 0, y: 0 } };
}

/** Height of the strip of results, in pixels. */
export const stripHeight = 92;

/**
 * Room around a graph that is fitted whole: the tools in the lower left corner cover none of it, nor do they when the
 * first result opens its strip and moves them up.
 */
export function fitPadding(): { x: '28px'; top: '28px'; bottom: `${number}px` } {
  const stripToCome =
    !narrow.get() && preferences.getState().results && resultStore.getState().results.length === 0;
  return { x: '28px', top: '28px', bottom: `${72 + (stripToCome ? stripHeight : 0)}px` };
}
