/** Graphs of any size: what their inputs declare, what networks answer beside the size they were trained at, and what they refuse. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '@/engine/tensor/ort-node';
import type { Backend } from '@/engine/types';
import { createModelSource, readPackages } from '@/models';
import { readGraph } from '@/models/_build/onnx';
import { createNodeFiles } from '@/models/files-node';
import { expandWeights } from '@/models/storage';

const MODELS = new URL('../../models/', import.meta.url).pathname;
const signal = new AbortController().signal;
const spatial = [
  ['loom-kl-f8', 'unet', 'sample'],
  ['loom-kl-f8', 'vae_decoder', 'latent_sample'],
  ['loom-kl-f8', 'vae_encoder', 'sample'],
  ['loom-vq-f8', 'vae_decoder', 'latent_sample'],
  ['loom-vq-f8', 'vae_encoder', 'sample'],
] as const;
const read = (path: string) => new Uint8Array(readFileSync(`${MODELS}${path}`));

describe.each(spatial)('%s/%s', (folder, name, input) => {
  const halves = () => readGraph(read(`${folder}/${name}.onnx`));
  const singles = () => readGraph(read(`${folder}/${name}.f32.onnx`));

  it('leaves batch, height and width open and reshapes without arithmetic on sizes', () => {
    for (const { inputs, nodes } of [halves(), singles()]) {
      const port = inputs.find((one) => one.name === input);
      expect(port?.dims.map((size) => typeof size)).toEqual(['string', 'number', 'string', 'string']);
      // A size that is computed is another dispatch, or a wait for the GPU: shapes are asked for and handed on.
      const shapes = new Set(nodes.flatMap(({ op, outputs }) => (op === 'Shape' ? outputs : [])));
      const users = nodes.filter(({ inputs: names }) => names.some((one) => shapes.has(one)));
      expect(new Set(users.map(({ op }) => op))).toEqual(new Set(['Reshape']));
    }
  });

  it('asks for weights where the package stores them, in both precisions', () => {
    const stored = read(`${folder}/${name}.safetensors`);
    const bytes = expandWeights(stored, 'fp16', name).byteLength;
    const places = ({ external }: ReturnType<typeof halves>, width: number) =>
      external.map((one) => [one.name, one.dims, one.offset / width, one.length / width]);
    const half = places(halves(), 2);
    expect(half.length).toBeGreaterThan(50);
    expect(places(singles(), 4)).toEqual(half);
    const ends = halves().external.map(({ offset, length }) => offset + length);
    expect(Math.max(...ends)).toBeLessThanOrEqual(bytes);
  });
});

it('the manifest and the graph agree on what the sides of a latent are multiples of', async () => {
  const [installed] = await readPackages(createNodeFiles(MODELS), ['loom-kl-f8']);
  const port = readGraph(read('loom-kl-f8/unet.f32.onnx')).inputs.find(({ name }) => name === 'sample');
  const multiple = installed?.manifest.unet?.multipleOf;
  expect(port?.dims.slice(2)).toEqual([`${multiple}*high`, `${multiple}*wide`]);
});

describe('loom-kl-f8 beside its native size, on wasm', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend({ threads: 2 });
  });
  afterAll(() => backend.dispose());

  it('encodes, denoises and decodes 64 × 96 pixels; 12 cells are as good as 8', async () => {
    const files = createNodeFiles(MODELS);
    const models = createModelSource({ backend, files, packages: await readPackages(files, ['loom-kl-f8']) });
    const { unet, firstStage } = await models.open('loom-kl-f8', { signal });
    if (unet === undefined) throw new Error('loom-kl-f8 lacks its U-Net');
    const scope = backend.scope();
    const { ops } = scope;
    const call = { ops, signal };

    // A ramp from left to right: what comes back must still be that ramp, not its halves side by side.
    const [high, wide] = [64, 96];
    const ramp = Float32Array.from(
      { length: 3 * high * wide },
      (_, i) => ((i % wide) / (wide - 1)) * 1.2 - 0.6,
    );
    const { mean } = await firstStage.encode(ops.from(ramp, [1, 3, high, wide]), call);
    expect(mean.dims).toEqual([1, 4, 8, 12]);
    const decoded = await firstStage.decode(mean, call);
    expect(decoded.dims).toEqual([1, 3, high, wide]);
    const pixels = await decoded.read();
    const squares = ramp.reduce((sum, value, i) => sum + (Number(pixels[i]) - value) ** 2, 0);
    expect(Math.sqrt(squares / ramp.length)).toBeLessThan(0.15);

    // At t = 999 x is nearly all noise: v = √ᾱ·ε − √(1 − ᾱ)·x₀ is about −x₀, of unit variance or less.
    const context = ops.full([1, 1, unet.contextWidth], 0);
    const noise = ops.noise([1, 4, 8, 12], { seed: 7n, stream: 0 });
    const empty = ops.full([1, unet.concatChannels, 8, 12], 0);
    const predicted = await unet.call(ops.concat([noise, empty], 1), [999], context, call);
    expect(predicted.dims).toEqual([1, 4, 8, 12]);
    const [stats] = await ops.stats(predicted);
    expect(stats).toMatchObject({ nan: 0 });
    expect(stats?.std).toBeGreaterThan(0.2);
    expect(stats?.std).toBeLessThan(1.5);
    scope.release();
    await models.unload();
  });
});
