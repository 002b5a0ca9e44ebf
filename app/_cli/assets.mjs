/**
 * Copies what the browser fetches but the build does not bundle into public/:
 * onnxruntime's wasm, elkjs' worker, and the files that each installed
 * package's manifest lists, with an index of the packages. Only what changed
 * is copied. LOOM_TEST_PACKAGES=1 adds the packages of tests/fixtures.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const at = (...parts) => join(root, ...parts);

/** Copies when size or time differ. */
function copy(from, to) {
  const source = statSync(from);
  if (existsSync(to)) {
    const target = statSync(to);
    if (target.size === source.size && target.mtimeMs >= source.mtimeMs) return;
  }
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

for (const flavour of ['', '.asyncify'])
  for (const ending of ['wasm', 'mjs']) {
    const name = `ort-wasm-simd-threaded${flavour}.${ending}`;
    copy(at('node_modules/onnxruntime-web/dist', name), at('public/ort', name));
  }
copy(at('node_modules/elkjs/lib/elk-worker.min.js'), at('public/vendor/elk-worker.min.js'));

const folders = [at('models')];
if (process.env.LOOM_TEST_PACKAGES === '1') folders.push(at('tests/fixtures'), at('tests/fixtures/packages'));

const packages = [];
for (const folder of folders) {
  if (!existsSync(folder)) continue;
  for (const id of readdirSync(folder).toSorted()) {
    const file = join(folder, id, 'manifest.json');
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    if (manifest.format !== 'latent-loom-package') continue;
    const missing = Object.keys(manifest.files).filter((name) => !existsSync(join(folder, id, name)));
    if (missing.length > 0) {
      console.warn(`models: "${id}" is left out, it lacks ${missing.join(', ')}`);
      continue;
    }
    const target = at('public/models', manifest.id);
    mkdirSync(target, { recursive: true });
    const wanted = new Set(['manifest.json', ...Object.keys(manifest.files)]);
    for (const old of readdirSync(target))
      if (!wanted.has(old)) rmSync(join(target, old), { recursive: true });
    for (const name of wanted) copy(join(folder, id, name), join(target, name));
    packages.push({ id: manifest.id, manifest: `/models/${manifest.id}/manifest.json` });
  }
}
mkdirSync(at('public/models'), { recursive: true });
for (const old of readdirSync(at('public/models'), { withFileTypes: true }))
  if (old.isDirectory() && !packages.some(({ id }) => id === old.name))
    rmSync(at('public/models', old.name), { recursive: true });
writeFileSync(at('public/models/index.json'), `${JSON.stringify({ packages }, null, 2)}\n`);
console.log(`models: ${packages.map(({ id }) => id).join(', ') || 'none installed'}`);
