/** The gestures, the same on both canvases, and what one frame of each costs in script. */
import type { Canvas } from './pages';

/** Frames of each gesture. */
const frames = 40;
/** Milliseconds after a gesture that still count: what was put off (autosave, counting tokens) belongs to it. */
const settling = 1500;

/** Milliseconds of script on the page's thread since it began. */
async function scripted({ cdp }: Canvas): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN) * 1000;
}

/** Waits until what a move caused is on the screen. Its own script is measured by {@link idle} and taken off. */
async function nextFrame({ cdp }: Canvas): Promise<void> {
  await cdp.send('Runtime.evaluate', {
    expression: 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))',
    awaitPromise: true,
  });
}

async function spent(canvas: Canvas, step: (frame: number) => Promise<void>): Promise<number> {
  await nextFrame(canvas);
  const before = await scripted(canvas);
  for (let frame = 0; frame < frames; frame++) {
    await step(frame);
    await nextFrame(canvas);
  }
  await canvas.page.waitForTimeout(settling);
  return ((await scripted(canvas)) - before) / frames;
}

/** Script per frame while nothing happens: what the measuring itself costs. */
export const idle = (canvas: Canvas): Promise<number> => spent(canvas, () => Promise.resolve());

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A click on the empty canvas: the editor fetches with it what an untouched page does without. Waits until that is there. */
export async function touch(canvas: Canvas, at: Point): Promise<void> {
  await canvas.page.mouse.click(at.x, at.y);
  await canvas.page.waitForTimeout(1500);
}

/** The empty canvas is taken and moved; script milliseconds per frame. */
export async function pan(canvas: Canvas, from: Point): Promise<number> {
  const { mouse } = canvas.page;
  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move(from.x - 4, from.y - 2);
  const cost = await spent(canvas, (frame) => mouse.move(from.x - 4 * (frame + 2), from.y - 2 * (frame + 2)));
  await mouse.up();
  return cost;
}

/** A node is taken by its header and moved. */
export async function drag(canvas: Canvas, node: string): Promise<number> {
  const { page } = canvas;
  const box = await page.locator(`.react-flow__node[data-id="${node}"] header`).boundingBox();
  if (box === null) throw new Error(`${node} is not in view.`);
  const at = { x: box.x + box.width * 0.4, y: box.y + box.height / 2 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 3, at.y + 3);
  const before = await page.locator(`.react-flow__node[data-id="${node}"]`).getAttribute('style');
  const cost = await spent(canvas, (frame) => page.mouse.move(at.x + 3 + 2 * frame, at.y + 3 + frame));
  if ((await page.locator(`.react-flow__node[data-id="${node}"]`).getAttribute('style')) === before)
    throw new Error(`${node} was not dragged.`);
  await page.mouse.up();
  return cost;
}

/** Letters are typed into a node's field. */
export async function type(canvas: Canvas, node: string): Promise<number> {
  const field = canvas.page.locator(`.react-flow__node[data-id="${node}"] textarea`).first();
  await field.focus();
  const before = await field.inputValue();
  const cost = await spent(canvas, (frame) =>
    canvas.page.keyboard.press('abcdefghij'[frame % 10] ?? 'a', { delay: 0 }),
  );
  const typed = (await field.inputValue()).length - before.length;
  if (typed !== frames) throw new Error(`${typed} of ${frames} letters arrived.`);
  return cost;
}
