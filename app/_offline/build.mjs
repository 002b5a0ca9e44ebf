/** After `next build`: bundles the service worker with the list of files that the page consists of. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 20);
const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

// Names under _next/static carry a hash of their contents: no revision needed.
const manifest = files(join(root, '.next/static')).map((file) => ({
  url: `/_next/static/${relative(join(root, '.next/static'), file)}`,
  revision: null,
}));
const pages = [
  ['/', '.next/server/app/index.html'],
  ['/icon.svg', 'public/icon.svg'],
  ['/site.webmanifest', 'public/site.webmanifest'],
  ['/vendor/elk-worker.min.js', 'public/vendor/elk-worker.min.js'],
  ...files(join(root, 'public/templates')).map((file) => [
    `/templates/${relative(join(root, 'public/templates'), file)}`,
    relative(root, file),
  ]),
];
for (const [url, file] of pages) manifest.push({ url, revision: sha256(readFileSync(join(root, file))) });

const version = sha256(readFileSync(join(root, 'node_modules/onnxruntime-web/package.json')));
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
    VERSION: JSON.stringify(version),
    'process.env.NODE_ENV': '"production"',
  },
});
const [output] = Object.values(metafile.outputs);
console.log(`service worker: ${manifest.length} files, ${Math.round(output.bytes / 1024)} kB`);
