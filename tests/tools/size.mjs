/**
 * `npm run size`: the bytes a first visit costs, after `npm run build`.
 * JavaScript that the page names in its HTML, gzipped as a server would send
 * it, against 450 kB; every model file that *Text to image* needs against 60 MB.
 * With `--browser` also every script that Chromium fetches until the page is
 * idle and nobody has touched it, workers' included, against the same 450 kB:
 * each file once. The service worker, which copies the build for offline use
 * behind a page that is there already, is left out.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { root } from './steps.mjs';

const limits = { script: 450_000, model: 60_000_000 };
const page = `${root}.next/server/app/index.html`;
if (!existsSync(page)) throw new Error('There is no build to measure: run `npm run build` first.');

const html = readFileSync(page, 'utf8');
const scripts = [
  ...new Set([...html.matchAll(/(?:src|href)="\/(_next\/static\/[^"?]+\.js)/g)].map((match) => match[1])),
];
const rows = scripts.map((name) => ({
  name,
  bytes: gzipSync(readFileSync(`${root}.next/${name.slice('_next/'.length)}`), { level: 6 }).length,
}));
const script = rows.reduce((sum, row) => sum + row.bytes, 0);
for (const row of rows.toSorted((a, b) => b.bytes - a.bytes))
  console.log(`${String(row.bytes).padStart(9)}  ${row.name}`);
console.log(`${String(script).padStart(9)}  JavaScript of the first load, gzipped (limit ${limits.script})`);

const template = JSON.parse(readFileSync(`${root}public/templates/text-to-image.json`, 'utf8'));
const ids = [
  ...new Set(
    Object.values(template.nodes).flatMap((node) =>
      typeof node.params?.package === 'string' ? [node.params.package] : [],
    ),
  ),
];
let model = 0;
for (const id of ids) {
  const manifest = JSON.parse(readFileSync(`${root}models/${id}/manifest.json`, 'utf8'));
  // The first picture decodes but does not encode; only one of the two precisions is fetched, so count the larger.
  const needed = Object.entries(manifest.files).filter(([name]) => !name.startsWith('vae_encoder'));
  const half = needed.filter(([name]) => !name.endsWith('.f32.onnx'));
  const full = needed.filter(([name]) => !(name.endsWith('.onnx') && !name.endsWith('.f32.onnx')));
  const bytes = Math.max(...[half, full].map((list) => list.reduce((sum, [, file]) => sum + file.size, 0)));
  console.log(`${String(bytes).padStart(9)}  model bytes of the first picture from ${id}`);
  model += bytes;
}
console.log(`${String(model).padStart(9)}  all model bytes of the first picture (limit ${limits.model})`);
if (script === 0 || model === 0) throw new Error('Nothing was measured.');
if (script > limits.script || model > limits.model) process.exitCode = 1;

if (process.argv.includes('--browser')) {
  const { chromium } = await import('@playwright/test');
  const port = 3900 + (process.pid % 90);
  const server = spawn(process.execPath, [`${root}app/_cli/serve.mjs`], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
    detached: true,
  });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const tab = await context.newPage();
    const files = new Map();
    context.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (/\.m?js$/.test(pathname))
        files.set(
          pathname,
          response.body().then((body) => gzipSync(body, { level: 6 }).length),
        );
    });
    for (let tries = 0; ; tries++)
      try {
        await tab.goto(`http://localhost:${port}/`);
        break;
      } catch (error) {
        if (tries > 20) throw error;
        await tab.waitForTimeout(500);
      }
    await tab.locator('.react-flow__node').first().waitFor({ timeout: 60_000 });
    // The worker has said what computes; then nothing more comes for five seconds.
    await tab
      .getByText(/^(WebGPU|CPU)/)
      .first()
      .waitFor({ timeout: 60_000 });
    for (let seen = -1; seen !== files.size;) {
      seen = files.size;
      await tab.waitForTimeout(5_000);
    }
    const sizes = await Promise.all(files.values());
    const sum = sizes.reduce((total, size) => total + size, 0);
    const names = [...files.keys()];
    for (const [n, size] of sizes.entries())
      console.log(`${String(size).padStart(9)}  ${names[n]?.split('/').at(-1)}`);
    console.log(
      `${String(sum).padStart(9)}  JavaScript fetched until idle, untouched, in ${sizes.length} files (limit ${limits.script})`,
    );
    if (sum > limits.script) process.exitCode = 1;
  } finally {
    await browser.close();
    if (server.pid !== undefined) process.kill(-server.pid);
  }
}
