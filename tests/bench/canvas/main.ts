/**
 * `npm run bench:canvas`: scripting time per frame of the editor's canvas against a bare React Flow canvas of the same
 * nodes, ports and wires, for panning, dragging a node and typing, at 100, 500 and 2,000 nodes. In turns within one run,
 * in Chromium, on the built editor (`npm run build`). Goal of the design: at most 1.5 times the bare canvas. No test asserts it.
 */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type CDPSession, type Page } from '@playwright/test';
import { build } from 'esbuild';
import type { LoomDocument } from '@/engine';
import { registry } from '@/nodes/registry';
import { chromiumPath } from '../../tools/chromium.mjs';
import { canvasDocument } from './graph';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const port = 3890;
const sizes = process.argv.includes('--quick') ? [100] : [100, 500, 2000];
const rounds = 3;
const moves = 60;

const bundle = await build({
  entryPoints: [`${root}tests/bench/canvas/bare.tsx`],
  bundle: true,
  write: false,
  outdir: 'bare',
  format: 'iife',
  minify: true,
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
});
const part = (end: string): string => bundle.outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';

/** The same nodes, ports and wires for the bare canvas. */
function bareGraph(document: LoomDocument): string {
  const nodes = Object.entries(document.nodes).map(([id, node]) => {
    const definition = registry.get(node.type);
    return {
      id,
      type: 'bare',
      position: { x: node.position.x, y: node.position.y },
      style: { width: 240 },
      data: {
        inputs: Object.keys(definition?.inputs ?? {}),
        outputs: Object.keys(definition?.outputs ?? {}),
        text: 'flat avatar',
      },
    };
  });
  const edges = Object.entries(document.edges).map(([id, { from, to }]) => ({
    id,
    source: from.node,
    sourceHandle: from.port,
    target: to.node,
    targetHandle: to.port,
  }));
  return JSON.stringify({ nodes, edges });
}

interface Canvas {
  readonly page: Page;
  readonly metrics: CDPSession;
}

async function openBare(browser: Browser, document: LoomDocument): Promise<Canvas> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.setContent(
    `<!doctype html><style>${part('.css')}</style><div id="root"></div><script>globalThis.bareGraph=${bareGraph(document)}</script><script>${part('.js')}</script>`,
  );
  return ready(page);
}
async function openEditor(browser: Browser, document: LoomDocument): Promise<Canvas> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  await page.route(/\/templates\/(?!index)[a-z-]+\.json$/, (route) => route.fulfill({ json: document }));
  await page.goto(`http://localhost:${port}/`);
  return ready(page);
}
async function ready(page: Page): Promise<Canvas> {
  await page.locator('.react-flow__node').first().waitFor({ timeout: 120_000 });
  await page.mouse.move(700, 60);
  await page.waitForTimeout(4000);
  const metrics = await page.context().newCDPSession(page);
  await metrics.send('Performance.enable');
  return { page, metrics };
}

/** Milliseconds of script since the page began. */
async function scripted({ metrics }: Canvas): Promise<number> {
  const { metrics: all } = await metrics.send('Performance.getMetrics');
  return (all.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN) * 1000;
}
const frame = async ({ page }: Canvas): Promise<void> => {
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))',
  );
};

/** Script milliseconds for each of the gesture's frames; one move, key or turn is one frame. */
async function cost(canvas: Canvas, gesture: (step: number) => Promise<void>): Promise<number> {
  await gesture(-1);
  await frame(canvas);
  const before = await scripted(canvas);
  for (let step = 0; step < moves; step++) {
    await gesture(step);
    await frame(canvas);
  }
  const spent = await scripted(canvas);
  await canvas.page.mouse.up();
  return (spent - before) / moves;
}

/** Brings the first copy close, so that its nodes can be taken. */
async function closeUp({ page }: Canvas): Promise<void> {
  const at = await page.locator('.react-flow__node[data-id="package-0"]').boundingBox();
  if (at === null) throw new Error('The first node is not in view.');
  await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  for (let n = 0; n < 30; n++) {
    const box = await page.locator('.react-flow__node[data-id="package-0"]').boundingBox();
    if (box !== null && box.width > 130) break;
    await page.mouse.wheel(0, -100);
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(500);
}

const gestures = {
  async pan(canvas: Canvas) {
    const { page } = canvas;
    return cost(canvas, async (step) => {
      if (step < 0) {
        await page.mouse.move(1380, 880);
        await page.mouse.down();
      } else await page.mouse.move(1380 - 4 * (step + 1), 880 - 2 * (step + 1));
    });
  },
  async drag(canvas: Canvas) {
    const { page } = canvas;
    const box = await page.locator('.react-flow__node[data-id="package-0"] header').boundingBox();
    if (box === null) throw new Error('The node is not in view.');
    const at = { x: box.x + box.width * 0.4, y: box.y + box.height / 2 };
    return cost(canvas, async (step) => {
      if (step < 0) {
        await page.mouse.move(at.x, at.y);
        await page.mouse.down();
        await page.mouse.move(at.x + 3, at.y + 3);
      } else await page.mouse.move(at.x + 2 * step, at.y + step);
    });
  },
  async typing(canvas: Canvas) {
    const { page } = canvas;
    const field = page.locator('.react-flow__node[data-id="prompt-0"] textarea').first();
    return cost(canvas, async (step) => {
      if (step < 0) await field.focus();
      else await page.keyboard.press('abcdefghij'[step % 10] ?? 'a');
    });
  },
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const server = spawn(`${root}node_modules/.bin/next`, ['start', '-p', String(port)], {
  cwd: root,
  stdio: 'ignore',
  detached: true,
});
const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
try {
  for (let tries = 0; ; tries++)
    try {
      await fetch(`http://localhost:${port}/`);
      break;
    } catch (error) {
      if (tries > 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'}; script milliseconds per frame, median of ${rounds}\n`);
  console.log('nodes  gesture     bare   editor   ratio');
  for (const size of sizes) {
    const document = canvasDocument(size);
    const times: Record<string, { bare: number[]; editor: number[] }> = {};
    for (let round = 0; round < rounds; round++)
      for (const side of ['bare', 'editor'] as const) {
        const canvas = await (side === 'bare' ? openBare : openEditor)(browser, document);
        await closeUp(canvas);
        for (const [name, gesture] of Object.entries(gestures))
          ((times[name] ??= { bare: [], editor: [] })[side] ??= []).push(await gesture(canvas));
        await canvas.page.close();
      }
    for (const [name, { bare, editor }] of Object.entries(times)) {
      const [plain, ours] = [median(bare), median(editor)];
      const ratio = ours / plain;
      console.log(
        `${String(size).padStart(5)}  ${name.padEnd(8)}${plain.toFixed(2).padStart(8)}${ours.toFixed(2).padStart(9)}${ratio.toFixed(2).padStart(8)}${ratio > 1.5 ? '  above the goal of 1.5' : ''}`,
      );
    }
  }
} finally {
  await browser.close();
  if (server.pid !== undefined) process.kill(-server.pid);
}
