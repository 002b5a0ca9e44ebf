/**
 * `npm run bench:canvas`: scripting time per frame of the editor's canvas against a bare React Flow canvas of the same
 * nodes, ports and edges, for panning, dragging a node and typing, at 100, 500 and 2,000 nodes; in turns within one run,
 * in Chromium, on the built editor (`npm run build`). Sizes can be named (`npm run bench:canvas -- 100`).
 *
 * The canvases are as large, stand at the same place, look through the same view, and must show the same nodes, or the
 * run stops. `bare` has the settings of the editor (minimap; above 120 nodes only what is in view is in the page): the
 * goal of at most 1.5 times is against it. `all drawn` is the library's default, every node in the page at all times;
 * `no map` is `bare` without the minimap. No test asserts a time.
 */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from '@playwright/test';
import { chromiumPath } from '../../tools/chromium.mjs';
import { drag, idle, pan, touch, type, type Point } from './gestures';
import { canvasDocument } from './graph';
import {
  bareOpener,
  canvasBox,
  emptyPoints,
  look,
  nodeSizes,
  openEditor,
  seen,
  type Canvas,
  type Seen,
  type Viewport,
} from './pages';
import { bareGraph } from './setup';

const root = fileURLToPath(new URL('../../../', import.meta.url));
// Of this process: several benches and what they left behind do not meet.
const port = 4000 + (process.pid % 900);
const url = `http://localhost:${port}/`;
const named = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
const sizes = named.length > 0 ? named : [100, 500, 2000];
const rounds = 3;
const openBare = await bareOpener(root);

const sides = ['editor', 'bare', 'all drawn', 'no map'] as const;
type Side = (typeof sides)[number];
/** One copy of the template as somebody works on it, and many of them from afar. */
const zooms = { near: 0.8, far: 0.25 } as const;
type Gesture = 'pan' | 'drag' | 'typing' | 'pan, far' | 'drag, far';
type Costs = Record<Gesture, number>;

/** The view in which the first copy stands in the middle, a little free canvas around it. */
function viewAt(zoom: number, canvas: { width: number; height: number }): Viewport {
  const middle = { x: 720, y: 420 };
  return {
    x: Math.round(canvas.width / 2 - middle.x * zoom),
    y: Math.round(canvas.height / 2 - middle.y * zoom),
    zoom,
  };
}

interface Stage {
  readonly near: Viewport;
  readonly far: Viewport;
  /** A point of empty canvas on every side, in each view. */
  readonly from: { readonly near: Point; readonly far: Point };
  readonly seen: Record<'near' | 'far', Seen>;
}

/** Both canvases must show the same nodes through the same view. */
function alike(side: string, ours: Seen, theirs: Seen): void {
  if (ours.view !== theirs.view) throw new Error(`${side} looks through ${theirs.view}, not ${ours.view}`);
  if (ours.inView.join() !== theirs.inView.join())
    throw new Error(`${side} shows ${theirs.inView.join(' ')}; the editor ${ours.inView.join(' ')}`);
}

async function measure(canvas: Canvas, stage: Stage, side: Side): Promise<Costs> {
  const still = await idle(canvas);
  const net = async (gesture: Promise<number>): Promise<number> => Math.max(0, (await gesture) - still);
  const at = async (view: 'near' | 'far'): Promise<void> => {
    await look(canvas, stage[view]);
  };
  await at('near');
  // What comes with the first touch comes once, not per frame.
  await touch(canvas, stage.from.near);
  alike(side, stage.seen.near, await seen(canvas));
  const panned = await net(pan(canvas, stage.from.near));
  await at('near');
  const dragged = await net(drag(canvas, 'package-0'));
  const typing = await net(type(canvas, 'prompt-0'));
  await at('far');
  const pannedFar = await net(pan(canvas, stage.from.far));
  await at('far');
  const draggedFar = await net(drag(canvas, 'unet-0'));
  return { pan: panned, drag: dragged, typing, 'pan, far': pannedFar, 'drag, far': draggedFar };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Looks at every side once: sizes and place from the editor, and a point that is empty canvas on all of them. */
async function prepare(browser: Browser, size: number) {
  const document = canvasDocument(size);
  const editor = await openEditor(browser, url, document);
  const box = await canvasBox(editor);
  const graph = bareGraph(document, await nodeSizes(editor));
  const views = { near: viewAt(zooms.near, box), far: viewAt(zooms.far, box) };
  await look(editor, views.near);
  const { minimap, nodes } = await seen(editor);
  const cull = nodes < size;
  const open = {
    editor: () => openEditor(browser, url, document),
    bare: () => openBare(browser, { ...graph, canvas: box, cull, minimap }),
    'all drawn': () => openBare(browser, { ...graph, canvas: box, cull: false, minimap }),
    'no map': () => openBare(browser, { ...graph, canvas: box, cull, minimap: false }),
  } satisfies Record<Side, () => Promise<Canvas>>;
  const bare = await open.bare();
  const from: { near?: Point; far?: Point } = {};
  const shown: { near?: Seen; far?: Seen } = {};
  for (const view of ['near', 'far'] as const) {
    await look(editor, views[view]);
    await look(bare, views[view]);
    shown[view] = await seen(editor);
    alike('bare', shown[view], await seen(bare));
    const free = new Set((await emptyPoints(bare)).map(({ x, y }) => `${x} ${y}`));
    const points = (await emptyPoints(editor)).filter(({ x, y }) => free.has(`${x} ${y}`));
    // Far enough from the left and upper edge to be moved there.
    from[view] = points.find(({ x, y }) => x > box.left + 420 && y > box.top + 260);
    console.log(
      `${size} nodes, ${view}: ${shown[view].inView.length} in view; in the page of the editor ${shown[view].nodes} nodes, ${shown[view].wires} wires; of the bare canvas ${(await seen(bare)).nodes}, ${(await seen(bare)).wires}`,
    );
  }
  await editor.page.close();
  await bare.page.close();
  if (!from.near || !from.far || !shown.near || !shown.far) throw new Error('No free canvas to take.');
  const stage: Stage = {
    ...views,
    from: { near: from.near, far: from.far },
    seen: { near: shown.near, far: shown.far },
  };
  return { stage, open };
}

const server = spawn(`${root}node_modules/.bin/next`, ['start', '-p', String(port)], {
  cwd: root,
  stdio: 'ignore',
  detached: true,
});
const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
try {
  for (let tries = 0; ; tries++)
    try {
      await fetch(url);
      break;
    } catch (error) {
      if (tries > 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}; script milliseconds per frame on the page's thread, median of ${rounds}\n`,
  );
  for (const size of sizes) {
    const { stage, open } = await prepare(browser, size);
    const times = new Map<Gesture, Record<Side, number[]>>();
    for (let round = 0; round < rounds; round++)
      for (const side of sides) {
        const canvas = await open[side]();
        const costs = await measure(canvas, stage, side);
        for (const name of ['pan', 'drag', 'typing', 'pan, far', 'drag, far'] as const) {
          const all = times.get(name) ?? { editor: [], bare: [], 'all drawn': [], 'no map': [] };
          all[side].push(costs[name]);
          times.set(name, all);
        }
        await canvas.page.close();
      }
    console.log('nodes  gesture      editor    bare   ratio   all drawn   ratio   no map   ratio');
    for (const [name, all] of times) {
      const ours = median(all.editor);
      const against = (side: Side, wide: number): string =>
        `${median(all[side]).toFixed(2).padStart(wide)}${(ours / median(all[side])).toFixed(2).padStart(8)}`;
      console.log(
        `${String(size).padStart(5)}  ${name.padEnd(10)}${ours.toFixed(2).padStart(9)}${against('bare', 8)}${against('all drawn', 12)}${against('no map', 9)}${ours / median(all.bare) > 1.5 ? '  above the goal of 1.5' : ''}`,
      );
    }
    console.log('');
  }
} finally {
  await browser.close();
  if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid);
}
