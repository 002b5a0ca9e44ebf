/** Undo and redo with a real mouse and keyboard: random gestures, in a fixed order that a failure names. */
import { expect, test, type Editor } from './editor';

/** A small generator (mulberry32), so that a failing run can be repeated by its seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const keys = [
  'Control+d',
  'Control+Shift+D',
  'Control+b',
  'Control+m',
  'Alt+c',
  'Control+g',
  'n',
  'Delete',
  'Shift+Delete',
  'ArrowRight',
  'ArrowDown',
  'Shift+S',
];

/** One gesture on whatever is in view. */
async function gesture(editor: Editor, below: (n: number) => number): Promise<string> {
  const { page } = editor;
  const headers = await page.locator('.react-flow__node header').evaluateAll((all) =>
    all.map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return { x: x + width * 0.35, y: y + height / 2 };
    }),
  );
  const pane = await page.locator('#canvas').boundingBox();
  if (pane === null) throw new Error('The canvas is not on the page.');
  const inView = headers.filter(
    ({ x, y }) =>
      x > pane.x + 20 && x < pane.x + pane.width - 20 && y > pane.y + 20 && y < pane.y + pane.height - 20,
  );
  const at = inView[below(inView.length)];
  if (at === undefined || headers.length < 4) {
    // Too little is left to play with.
    await page.locator('#canvas').focus();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('.');
    return 'undo';
  }
  if (headers.length > 24) {
    await page.mouse.click(at.x, at.y);
    await page.keyboard.press('Delete');
    return 'Delete';
  }
  const kind = below(keys.length + 6);
  const key = keys[kind];
  await page.mouse.move(at.x, at.y);
  if (key !== undefined) {
    await page.mouse.click(at.x, at.y);
    await page.keyboard.press(key);
    return key;
  }
  await page.mouse.down();
  await page.mouse.move(at.x + below(200) - 100, at.y + below(160) - 80, { steps: 3 });
  await page.mouse.up();
  return 'drag';
}

/** tests/app/undo.test.ts does thousands; here each goes through a real hand. `LOOM_GESTURES=1000` takes some minutes. */
const gestures = Number(process.env['LOOM_GESTURES'] ?? 200);

test('random gestures: undo all is the start, redo all the end, byte for byte', async ({ page, editor }) => {
  test.setTimeout(900_000);
  await editor.open();
  const start = await editor.text();
  const seed = Number(process.env['LOOM_SEED'] ?? 20_261_123);
  const below = generator(seed);
  const done: string[] = [];
  for (let n = 0; n < gestures; n++) done.push(await gesture(editor, below));
  // What is still on its way (a paste, a layout) has landed.
  await page.waitForTimeout(500);
  const end = await editor.text();
  const where = `seed ${seed}`;
  expect(new Set(done).size, where).toBeGreaterThan(8);
  expect(end, where).not.toBe(start);
  await page.locator('#canvas').focus();
  const undo = page.getByRole('banner').getByRole('button', { name: /^(Undo|Nothing to undo)/ });
  const redo = page.getByRole('banner').getByRole('button', { name: /^(Redo|Nothing to redo)/ });
  let undone = 0;
  while (await undo.isEnabled()) {
    await page.keyboard.press('Control+z');
    undone++;
  }
  expect(await editor.text(), where).toBe(start);
  while (await redo.isEnabled()) await page.keyboard.press('Control+Shift+Z');
  expect(await editor.text(), where).toBe(end);
  expect(undone, where).toBeGreaterThan(gestures / 2);
});
