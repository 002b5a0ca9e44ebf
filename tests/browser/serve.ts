/** A page for the browser tests: bundled by esbuild, served cross-origin isolated, opened in headless Chromium with a software GPU. */
import { createServer } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from '@playwright/test';
import { buildDecoder, vipsFolder } from '../../app/_cli/decoder.mjs';
import { headersOf } from '../../app/_security/headers.mjs';

/** Debian's Chromium, or the one that is named: as tests/tools/chromium.mjs, which installs it. */
const browserPath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (place) => place !== undefined && existsSync(place),
);
const root = new URL('../../', import.meta.url).pathname;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

/** Opens `entry` (a module below the repository) and gives `use` the page; tears everything down after. */
export async function withPage<T>(entry: string, use: (page: Page) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'loom-page-'));
  await build({
    entryPoints: { page: join(root, entry) },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    tsconfig: join(root, 'tsconfig.json'),
    logLevel: 'error',
  });
  mkdirSync(join(folder, 'decoder'));
  await buildDecoder(join(folder, 'decoder/decode.js'));
  const places: readonly (readonly [string, string])[] = [
    ['/ort/', join(root, 'node_modules/onnxruntime-web/dist/')],
    ['/vips/decode.js', join(folder, 'decoder/decode.js')],
    ['/vips/', `${vipsFolder}/`],
    ['/pictures/', join(root, 'tests/fixtures/pictures/')],
    ['/models/', join(root, 'tests/fixtures/')],
    ['/', `${folder}/`],
  ];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const headers = {
      ...headersOf(path),
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    };
    if (path === '/') {
      response.writeHead(200, { ...headers, 'content-type': 'text/html' });
      response.end('<!doctype html><script type="module" src="/page.js"></script>');
      return;
    }
    const [prefix, place] = places.find(([start]) => path.startsWith(start)) ?? ['/', folder];
    const rest = normalize(path.slice(prefix.length));
    const file = rest === '.' ? place : join(place, rest);
    if (!file.startsWith(place) || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      response.writeHead(404).end();
      return;
    }
    const bytes = readFileSync(file);
    response.writeHead(200, { ...headers, 'content-length': bytes.byteLength }).end(bytes);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const browser = await chromium.launch({ executablePath: browserPath, args: FLAGS });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    return await use(page);
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
