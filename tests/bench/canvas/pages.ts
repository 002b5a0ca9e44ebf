/** The two canvases in a browser: how each is opened, brought to the same view, and asked what it shows. */
import type { Browser, CDPSession, Page } from '@playwright/test';
import { build } from 'esbuild';
import { z } from 'zod';
import type { LoomDocument } from '@/engine';
import type { BareSetup, Box } from './setup';

export interface Canvas {
  readonly page: Page;
  readonly cdp: CDPSession;
}
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

async function ready(page: Page): Promise<Canvas> {
  await page.locator('.react-flow__node').first().waitFor({ timeout: 180_000 });
  const cdp = await page.context().newCDPSession(page);
  // Time of the thread, not of the clock: other processes do not count.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await settled(page);
  return { page, cdp };
}

/** Until the page has nothing to do: measuring of nodes, first fit, code fetched ahead. */
async function settled(page: Page): Promise<void> {
  await page.waitForTimeout(3000);
  await page.evaluate('new Promise((done) => requestIdleCallback(() => done(), { timeout: 2000 }))');
}

export async function openEditor(browser: Browser, url: string, document: LoomDocument): Promise<Canvas> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  await page.route(/\/templates\/(?!index)[a-z-]+\.json$/, (route) => route.fulfill({ json: document }));
  await page.goto(url);
  return ready(page);
}

/** Bundles the bare canvas once, for production, and gives the function that opens it. */
export async function bareOpener(
  root: string,
): Promise<(browser: Browser, setup: BareSetup) => Promise<Canvas>> {
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
  return async (browser, setup) => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.setContent(
      `<!doctype html><style>${part('.css')}</style><div id="root"></div><script>globalThis.bareSetup=${JSON.stringify(setup)}</script><script>${part('.js')}</script>`,
    );
    return ready(page);
  };
}

/** React Flow's own store, the same way on both pages: from the canvas' element up to the provider. */
const storeOf = `(() => {
  const element = document.querySelector('.react-flow');
  let fiber = element[Object.keys(element).find((key) => key.startsWith('__reactFiber$'))];
  for (; fiber; fiber = fiber.return) {
    const state = fiber.memoizedProps?.value?.getState?.();
    if (state?.panZoom) return state;
  }
  throw new Error('React Flow keeps its store elsewhere now.');
})()`;

/** Brings a canvas to a view, and waits until all that came into it is drawn. */
export async function look({ page }: Canvas, view: Viewport): Promise<void> {
  await page.evaluate(`void ${storeOf}.panZoom.setViewport(${JSON.stringify(view)})`);
  await page.waitForTimeout(700);
  await page.evaluate('new Promise((done) => requestIdleCallback(() => done(), { timeout: 2000 }))');
}

const sizesSchema = z.array(z.tuple([z.string(), z.object({ width: z.number(), height: z.number() })]));
/** Each node's size as React Flow measured it, in canvas units. */
export async function nodeSizes({ page }: Canvas): Promise<Map<string, { width: number; height: number }>> {
  const found: unknown = await page.evaluate(
    `[...${storeOf}.nodeLookup].map(([id, { measured }]) => [id, { width: measured.width, height: measured.height }])`,
  );
  return new Map(sizesSchema.parse(found));
}

const boxSchema = z.object({ left: z.number(), top: z.number(), width: z.number(), height: z.number() });
export async function canvasBox({ page }: Canvas): Promise<Box> {
  const found: unknown = await page.evaluate(
    `(() => { const { left, top, width, height } = document.querySelector('.react-flow').getBoundingClientRect(); return { left, top, width, height }; })()`,
  );
  return boxSchema.parse(found);
}

const seenSchema = z.object({
  view: z.string(),
  inView: z.array(z.string()),
  nodes: z.number(),
  wires: z.number(),
  minimap: z.boolean(),
});
export type Seen = z.output<typeof seenSchema>;
/** What a canvas shows: its transform, the nodes that reach into it, and how many nodes and edges are in the page at all. */
export async function seen({ page }: Canvas): Promise<Seen> {
  const found: unknown = await page.evaluate(`(() => {
    const canvas = document.querySelector('.react-flow').getBoundingClientRect();
    const nodes = [...document.querySelectorAll('.react-flow__node')];
    return {
      view: document.querySelector('.react-flow__viewport').style.transform,
      inView: nodes.filter((node) => {
        const { left, top, right, bottom } = node.getBoundingClientRect();
        return right > canvas.left && bottom > canvas.top && left < canvas.right && top < canvas.bottom;
      }).map((node) => node.dataset.id).toSorted(),
      nodes: nodes.length,
      wires: document.querySelectorAll('.react-flow__edge').length,
      minimap: document.querySelector('.react-flow__minimap') !== null,
    };
  })()`);
  return seenSchema.parse(found);
}

/** Points of a grid over the page where the empty canvas is on top. */
export async function emptyPoints({ page }: Canvas): Promise<{ x: number; y: number }[]> {
  const found: unknown = await page.evaluate(`(() => {
    const points = [];
    for (let y = 60; y < innerHeight; y += 30)
      for (let x = 10; x < innerWidth; x += 30)
        if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane')) points.push({ x, y });
    return points;
  })()`);
  return z.array(z.object({ x: z.number(), y: z.number() })).parse(found);
}
