/**
 * What one call of one network of a package takes on wasm, printed as JSON. In a process of
 * its own, because wasm's memory never shrinks:
 *
 *     npx tsx models/_build/measure-memory.ts PACKAGES_DIR ID text|unet|encoder|decoder HEIGHT WIDTH BATCH
 *
 * The size is in latent cells; of a prompt it says nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import type { Backend, CallOptions, ModelPackage } from '@/engine/types';
import { createNodeFiles } from '../files-node';
import { memoryNames, networksOf, type MemoryName } from '../manifest';
import { readPackage } from '../packages';
import { readSafetensors } from '../safetensors';
import { createModelSource } from '../source';
import { identity } from './identity';
import type { CallMemory, Point } from './memory';
import { touchedWasmMemory, watchWasmMemory } from './wasm-memory';

const [, , folder = '', id = '', wanted = '', ...size] = argv;
const [rows = 0, columns = 0, count = 0] = size.map(Number);
const name = memoryNames.find((known) => known === wanted);
if (name === undefined) throw new Error(`Which network? One of ${memoryNames.join(', ')}.`);

type Call = (of: ModelPackage, point: Point, options: CallOptions) => Promise<unknown>;
const calls: Record<MemoryName, Call> = {
  async text({ conditioner }, { batch }, options) {
    const prompts = Array.from({ length: batch }, () => 'a');
    await conditioner.text?.encode(prompts, options);
  },
  async unet({ unet }, { height, width, batch }, options) {
    if (!unet) return;
    const { ops } = options;
    const length = (unet.conditioner.text?.length ?? 0) + (unet.conditioner.classes ? 1 : 0);
    await unet.call(
      ops.full([batch, unet.space.channels + unet.concatChannels, height, width], 0.1),
      Array.from({ length: batch }, () => 500),
      ops.full([batch, length, unet.contextWidth], 0.1),
      options,
    );
  },
  async encoder({ firstStage }, { height, width, batch }, options) {
    const { factor } = firstStage.space;
    await firstStage.encode(options.ops.full([batch, 3, factor * height, factor * width], 0.1), options);
  },
  async decoder({ firstStage }, { height, width, batch }, options) {
    const { channels } = firstStage.space;
    await firstStage.decode(options.ops.full([batch, channels, height, width], 0.1), options);
  },
};

watchWasmMemory();
const { createBackend } = await import('@/engine/tensor/ort-node');
const backend = await createBackend();
await backend.createSession({ name: 'nothing', model: identity, externalData: [] });
const runtime = touchedWasmMemory();
const files = createNodeFiles(folder);
const installed = await readPackage(files, id);
const file = networksOf(installed.manifest)[name]?.weights;
if (file === undefined) throw new Error(`${id} has no ${name} network.`);
const { metadata } = readSafetensors(new Uint8Array(readFileSync(join(folder, id, file))), file);
const weights = 4 * Number(metadata['halves']);
const beyond = (): number => Math.max(0, touchedWasmMemory() - runtime - weights);

let session: number | undefined;
const watched: Backend = {
  ...backend,
  async createSession(...given) {
    const created = await backend.createSession(...given);
    session ??= beyond();
    return created;
  },
};
const opened = await createModelSource({ backend: watched, files, packages: [installed] }).open(id, {
  signal: new AbortController().signal,
});
const scope = backend.scope();
await calls[name](
  opened,
  { height: rows, width: columns, batch: count },
  { ops: scope.ops, signal: new AbortController().signal },
);
scope.release();
if (session === undefined) throw new Error(`${id} has no ${name} to call.`);
process.stdout.write(JSON.stringify({ weights, session, taken: beyond() } satisfies CallMemory));
process.exit(0);
