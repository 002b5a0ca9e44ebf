/** Bundles the GPU check into dist/gpu: a folder that any cross-origin isolated static server can serve. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { root } from '../tools/steps.mjs';

export const folder = `${root}dist/gpu`;

export async function buildGpuCheck(
  packages = ['loom-kl-f8'],
  templates = ['text-to-image', 'class-to-image', 'map-to-image'],
) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(`${folder}/ort`, { recursive: true });
  await build({
    entryPoints: ['page', 'worker', 'bench'].map((name) => `${root}tests/gpu/${name}.ts`),
    splitting: true,
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    external: ['node:*', 'module', 'worker_threads'],
    logLevel: 'warning',
  });
  for (const [page, script] of [
    ['index', 'page'],
    ['bench', 'bench'],
  ])
    writeFileSync(
      `${folder}/${page}.html`,
      `<!doctype html><meta charset="utf-8"><body><script type="module" src="/${script}.js"></script>`,
    );
  for (const name of [
    'ort-wasm-simd-threaded',
    'ort-wasm-simd-threaded.asyncify',
    'ort-wasm-simd-threaded.jspi',
  ])
    for (const end of ['wasm', 'mjs'])
      cpSync(`${root}node_modules/onnxruntime-web/dist/${name}.${end}`, `${folder}/ort/${name}.${end}`);
  for (const id of packages) {
    const manifest = JSON.parse(readFileSync(`${root}models/${id}/manifest.json`, 'utf8'));
    for (const file of ['manifest.json', ...Object.keys(manifest.files)])
      cpSync(`${root}models/${id}/${file}`, `${folder}/models/${id}/${file}`);
  }
  for (const template of templates)
    cpSync(`${root}public/templates/${template}.json`, `${folder}/templates/${template}.json`);
  return folder;
}
