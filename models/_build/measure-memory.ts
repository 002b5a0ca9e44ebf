/**
 * What one network of a package takes on wasm, printed as JSON. In a process of
 * its own, because wasm's memory never shrinks:
 *
 *     npx tsx models/_build/measure-memory.ts PACKAGES_DIR ID text|unet|encoder|decoder
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import type { CallOptions, ModelPackage } from '@/engine/types';
import { createNodeFiles } from '../files-node';
import { identity } from './identity';
import { memoryNames, networksOf, type MemoryName, type NetworkMemoryManifest } from '../manifest';
import { readPackage } from '../packages';
import { readSafetensors } from '../safetensors';
import { createModelSource } from '../source';
import { touchedWasmMemory, watchWasmMemory } from './wasm-memory';

const [, , folder = '', id = '', wanted = ''] = argv;
const name = memoryNames.find((known) => known === wanted);
if (name === undefined) throw new Error(`Which network? One of ${memoryNames.join(', ')}.`);
watchWasmMemory();
const { createBackend } = await import('@/engine/tensor/ort-node');
const backend = await createBackend();
await backend.createSession({ name: 'nothing', model: identity, externalData: [] });
const runtime = touchedWasmMemory();
const files = createNodeFiles(folder);
const installed = await readPackage(files, id);
const opened = await createModelSource({ backend, files, packages: [installed] }).open(id, {
  signal: new AbortController().signal,
});
const file = networksOf(installed.manifest)[name]?.weights;
if (file === undefined) throw new Error(`${id} has no ${name} network.`);
const { metadata } = readSafetensors(new Uint8Array(readFileSync(join(folder, id, file))), file);
const weights = 4 * Number(metadata['halves']);

/** One call for a batch. @returns latent cells of a picture; 1 where a call knows no cells. */
async function call(batch: number): Promise<number> {
  const scope = backend.scope();
  const options: CallOptions = { ops: scope.ops, signal: new AbortController().signal };
  try {
    return await calls[name ?? 'unet'](opened, batch, options);
  } finally {
    scope.release();
  }
}
const calls: Record<MemoryName, (of: ModelPackage, batch: number, options: CallOptions) => Promise<number>> =
  {
    async text({ conditioner }, batch, options) {
      await conditioner.text?.encode(
        Array.from({ length: batch }, () => 'a'),
        options,
      );
      return 1;
    },
    async unet({ unet }, batch, options) {
      if (!unet) return 1;
      const { height, width } = unet.nativeSize;
      const { ops } = options;
      const length = (unet.conditioner.text?.length ?? 0) + (unet.conditioner.classes ? 1 : 0);
      const channels = unet.space.channels + unet.concatChannels;
      await unet.call(
        ops.full([batch, channels, height, width], 0.1),
        Array.from({ length: batch }, () => 500),
        ops.full([batch, length, unet.contextWidth], 0.1),
        options,
      );
      return height * width;
    },
    async encoder({ firstStage }, batch, options) {
      const { factor } = firstStage.space;
      await firstStage.encode(options.ops.full([batch, 3, side * factor, side * factor], 0.1), options);
      return side * side;
    },
    async decoder({ firstStage }, batch, options) {
      await firstStage.decode(options.ops.full([batch, firstStage.space.channels, side, side], 0.1), options);
      return side * side;
    },
  };
const side = opened.unet?.nativeSize.height ?? 32;

const taken: number[] = [];
let cells = 1;
for (const batch of [1, 2, 3]) {
  cells = await call(batch);
  taken.push(touchedWasmMemory() - runtime - weights);
}
const [first = 0, , last = 0] = taken;
const slope = Math.max(0, (last - first) / 2);
const measured: NetworkMemoryManifest = {
  weights,
  fixed: Math.max(0, Math.round(first - slope)),
  perCell: Math.round(slope / cells),
};
process.stdout.write(JSON.stringify(measured));
process.exit(0);
