/** The page and the command line draw the same picture: the real package on wasm, the tiny one on software WebGPU. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import type { LoomDocument } from '../../engine/document/schema';
import { Editor, expect, realTemplate, root, test, tinyTemplate } from './editor';

/** The picture that `npx loom run` makes of a document, as PNG bytes. */
function byCommandLine(document: LoomDocument): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'loom-parity-'));
  try {
    const [graph, out] = [join(folder, 'graph.json'), join(folder, 'out.png')];
    writeFileSync(graph, JSON.stringify(document));
    execFileSync(process.execPath, [
      `${root}app/_cli/loom.mjs`,
      'run',
      graph,
      '--models',
      `${root}tests/fixtures`,
      '--out',
      out,
    ]);
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The picture that pressing Run makes of the same document. */
async function byPage(page: Page, document: LoomDocument): Promise<Uint8Array> {
  await page.route(/\/templates\/text-to-image\.json$/, (route) => route.fulfill({ json: document }));
  await page.goto('/');
  const editor = new Editor(page);
  await expect(page.locator('.react-flow__node').first()).toBeVisible({ timeout: 120_000 });
  await expect(editor.badge).not.toContainText('Starting', { timeout: 120_000 });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(editor.results()).toHaveCount(1, { timeout: 220_000 });
  await editor.results().first().click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Save PNG' }).click();
  return readFileSync(await (await waiting).path());
}

/** Peak signal-to-noise ratio of the colours of two 8-bit PNGs of one size, dB; infinite when equal. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  const [x, y] = [decode(a), decode(b)];
  const pixels = x.width * x.height;
  expect([y.width, y.height]).toEqual([x.width, x.height]);
  expect(Math.min(x.channels, y.channels)).toBeGreaterThanOrEqual(3);
  let sum = 0;
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < 3; c++)
      sum += ((x.data[i * x.channels + c] ?? 0) - (y.data[i * y.channels + c] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / (3 * pixels)));
}

test('without WebGPU the real package runs on wasm and draws what the command line draws', async ({
  page,
  editor,
}) => {
  const document = realTemplate(3);
  const picture = await byPage(page, document);
  await page.keyboard.press('Escape');
  await editor.badge.click();
  await expect(page.getByText('Networks run on your processor')).toBeVisible();
  const db = psnr(picture, byCommandLine(document));
  console.log(`page against command line: ${db.toFixed(1)} dB`);
  expect(db).toBeGreaterThanOrEqual(35);
});

test('software WebGPU draws the tiny package as the command line does', async ({ baseURL }) => {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
    ],
  });
  try {
    const page = await browser.newPage({
      ...(baseURL === undefined ? {} : { baseURL }),
      viewport: { width: 1440, height: 900 },
    });
    // Left to itself the editor prefers wasm to a software adapter.
    await page.addInitScript(`localStorage.setItem('loom.preferences', '{"backend":"webgpu"}')`);
    const document = tinyTemplate('text-to-image', 3);
    const picture = await byPage(page, document);
    await page.keyboard.press('Escape');
    await new Editor(page).badge.click();
    await expect(page.getByText('Networks run on your processor')).toBeHidden();
    const db = psnr(picture, byCommandLine(document));
    console.log(`page against command line: ${db.toFixed(1)} dB`);
    expect(db).toBeGreaterThanOrEqual(35);
  } finally {
    await browser.close();
  }
});
