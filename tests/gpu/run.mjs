/**
 * `npm run gpu`: draws one picture by wasm, WebGPU fp32 and WebGPU fp16 on this machine's GPU, compares them
 * (≥ 35 dB and ≥ 25 dB against wasm) and writes them to dist/gpu/results.
 *
 * `--bench` times networks by kernels of our own instead (`tests/gpu/bench.ts` says what it takes).
 *
 * CHROMIUM_PATH names the browser, CHROME_FLAGS adds to its flags. On Linux with NVIDIA:
 *   CHROME_FLAGS="--use-gl=angle --use-angle=vulkan --enable-features=Vulkan --disable-vulkan-surface \
 *     --enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia" npm run gpu
 */
import { createReadStream, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumPath } from '../tools/chromium.mjs';
import { buildGpuCheck, folder } from './build.mjs';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};
await buildGpuCheck();

const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const file = join(folder, normalize(path === '/' ? '/index.html' : path));
  if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile())
    return response.writeHead(404).end();
  response.writeHead(200, {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Length': statSync(file).size,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  return createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const flags = (process.env.CHROME_FLAGS ?? '').split(/\s+/).filter(Boolean);
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: ['--no-sandbox', '--enable-unsafe-webgpu', '--ignore-gpu-blocklist', ...flags],
});
const page = await browser.newPage();
const pieces = new Map();
const done = new Promise((resolve) => {
  page.on('console', (message) => {
    const line = message.text();
    const part = /^PNG (\S+) (\d+) (\d+) (\S+)$/.exec(line);
    if (part) {
      const [, name, index, , text] = part;
      pieces.set(name, [...(pieces.get(name) ?? []), [Number(index), text]]);
    } else console.log(line);
    if (line.startsWith('DONE')) resolve(line === 'DONE ok');
  });
  browser.on('disconnected', () => resolve(false));
  page.on('crash', () => resolve(false));
  page.on('pageerror', (error) => {
    console.error(error);
    resolve(false);
  });
});
const given = process.argv.slice(2).map((argument) => argument.replace(/^--/, '').split('='));
const bench = given.some(([name]) => name === 'bench');
const query = new URLSearchParams(
  given.filter(([name]) => name !== 'bench').map(([name, value = '1']) => [name, value]),
);
await page.goto(`http://127.0.0.1:${server.address().port}/${bench ? 'bench.html' : ''}?${query}`);
const ok = await done;
mkdirSync(`${folder}/results`, { recursive: true });
for (const [name, parts] of pieces) {
  const text = parts.toSorted((a, b) => a[0] - b[0]).map((part) => part[1]);
  writeFileSync(`${folder}/results/${name}.png`, Buffer.from(text.join(''), 'base64'));
}
await browser.close();
server.close();
process.exitCode = ok ? 0 : 1;
