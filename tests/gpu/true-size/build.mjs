/** `node tests/gpu/true-size/build.mjs`: the page for a checkpoint of the true size into dist/true-size (12 MB packed). */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { root } from '../../tools/steps.mjs';

const folder = `${root}dist/true-size`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(`${folder}/ort`, { recursive: true });
await build({
  entryPoints: ['page', 'worker'].map((name) => `${root}tests/gpu/true-size/${name}.ts`),
  splitting: true,
  outdir: folder,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  external: ['node:*', 'module', 'worker_threads'],
  logLevel: 'warning',
});
writeFileSync(
  `${folder}/index.html`,
  '<!doctype html><meta charset="utf-8"><body><script type="module" src="/page.js"></script>',
);
for (const name of ['ort-wasm-simd-threaded', 'ort-wasm-simd-threaded.jspi'])
  for (const end of ['wasm', 'mjs'])
    cpSync(`${root}node_modules/onnxruntime-web/dist/${name}.${end}`, `${folder}/ort/${name}.${end}`);
cpSync(`${root}models/clip/merges.txt`, `${folder}/models/clip/merges.txt`);
console.log(folder);
