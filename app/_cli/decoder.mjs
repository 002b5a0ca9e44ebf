/** Puts the picture decoder together for the browser: libvips and the worker around it, in `public/vips/`. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where wasm-vips' files lie. */
export const vipsFolder = join(root, 'node_modules/wasm-vips/lib');

/** Bundles the decoding worker to `outfile`. @param {string} outfile */
export async function buildDecoder(outfile) {
  await build({
    entryPoints: [join(root, 'app/_formats/picture/decode.worker.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    tsconfig: join(root, 'tsconfig.json'),
    logLevel: 'error',
  });
}
