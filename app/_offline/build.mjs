/** After `next build`: moves inline scripts into files and bundles the service worker with the list of files that the page consists of. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { moveInlineScripts } from './inline-scripts.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 20);
const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

moveInlineScripts(
  files(join(root, '.next/server/app')).filter((file) => file.endsWith('.html')),
  join(root, '.next/static'),
);

// Names under _next/static carry a hash of their contents: no revision needed.
const manifest = files(join(root, '.next/static')).map((file) => ({
  url: `/_next/static/${relative(join(root, '.next/static'), file)}`,
  revision: null,
}));
const pages = [
  ['/', '.next/server/app/index.html'],
  ['/before-paint.js', 'public/before-paint.js'],
  ['/icon.svg', 'public/icon.svg'],
  ['/site.webmanifest', 'public/site.webmanifest'],
  ['/vendor/elk-worker.min.js', 'public/vendor/elk-worker.min.js'],
  ...files(join(root, 'public/templates')).map((file) => [
    `/templates/${relative(join(root, 'public/templates'), file)}`,
    relative(root, file),
  ]),
];
for (const [url, file] of pages) manifest.push({ url, revision: sha256(readFileSync(join(root, file))) });

// What is fetched late and kept: the service worker compares it with these.
const hashes = Object.fromEntries(
  ['ort', 'vips'].flatMap((folder) =>
    files(join(root, 'public', folder)).map((file) => [
      `/${folder}/${relative(join(root, 'public', folder), file)}`,
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ]),
  ),
);
const version = sha256(JSON.stringify(hashes));
const { metafile } = await build({
  entryPoints: [join(root, 'app/_offline/sw.ts')],
  outfile: join(root, 'public/sw.js'),
  bundle: true,
  minify: true,
  metafile: true,
  format: 'iife',
  target: 'es2022',
  define: {
    MANIFEST: JSON.stringify(manifest),
    HASHES: JSON.stringify(hashes),
    VERSION: JSON.stringify(version),
    'process.env.NODE_ENV': '"production"',
  },
});
const [output] = Object.values(metafile.outputs);
console.log(`service worker: ${manifest.length} files, ${Math.round(output.bytes / 1024)} kB`);
