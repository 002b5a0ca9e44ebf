/** The descriptions of our networks compute what their ONNX graphs compute, over the same stored weights. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '@/engine/tensor/ort-node';
import { noiseData } from '@/engine/tensor/noise';
import type { Backend, NetworkDescription, TensorData } from '@/engine/types';
import { loomDecoder, loomEncoder } from '@/models/networks/loom-first-stage';
import type { Entries } from '@/models/networks/loom-ops';
import { loomTextEncoder } from '@/models/networks/loom-text';
import { loomUNet } from '@/models/networks/loom-unet';
import { tinyTextEncoder, tinyUNet } from '@/models/networks/tiny';
import { expandWeights } from '@/models/storage';
import { storedWeights } from '@/models/stored-weights';
import { decibels, reference } from './reference';

interface Case {
  readonly folder: string;
  readonly file: string;
  readonly describe: (name: string, entries: Entries) => NetworkDescription;
  readonly inputs: Readonly<Record<string, { dims: readonly number[]; data?: TensorData }>>;
}

const noise = (dims: readonly number[], stream: number) => noiseData(dims, { seed: 7n, stream });
const ids = (...list: number[]) => ({ dims: [1, list.length], data: BigInt64Array.from(list, BigInt) });
const steps = (...list: number[]) => ({ dims: [list.length], data: Float32Array.from(list) });
const sentence = Array.from({ length: 32 }, (_, i) => (i * 37) % 150);

const cases: readonly Case[] = [
  {
    folder: 'tests/fixtures/tiny',
    file: 'unet',
    describe: tinyUNet,
    inputs: {
      sample: { dims: [2, 14, 5, 7] },
      timestep: steps(3, 801),
      encoder_hidden_states: { dims: [2, 33, 64] },
    },
  },
  {
    folder: 'tests/fixtures/tiny',
    file: 'text_encoder',
    describe: tinyTextEncoder,
    inputs: { input_ids: ids(...sentence) },
  },
  {
    folder: 'models/loom-kl-f8',
    file: 'unet',
    describe: (name, entries) => loomUNet(name, entries, 64),
    inputs: {
      sample: { dims: [1, 14, 4, 8] },
      timestep: steps(481),
      encoder_hidden_states: { dims: [1, 33, 256] },
    },
  },
  {
    folder: 'models/loom-kl-f8',
    file: 'text_encoder',
    describe: (name, entries) => loomTextEncoder(name, entries, 64),
    inputs: { input_ids: ids(...sentence) },
  },
  {
    folder: 'models/loom-kl-f8',
    file: 'vae_decoder',
    describe: loomDecoder,
    inputs: { latent_sample: { dims: [1, 4, 3, 2] } },
  },
  {
    folder: 'models/loom-kl-f8',
    file: 'vae_encoder',
    describe: loomEncoder,
    inputs: { sample: { dims: [1, 3, 24, 16] } },
  },
  {
    folder: 'models/loom-vq-f8',
    file: 'unet',
    describe: (name, entries) => loomUNet(name, entries, 64),
    inputs: {
      sample: { dims: [1, 4, 4, 4] },
      timestep: steps(17),
      encoder_hidden_states: { dims: [1, 1, 256] },
    },
  },
];

describe('descriptions against onnxruntime', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createBackend({ prefer: 'wasm', threads: 1 });
  });
  afterAll(() => backend.dispose());

  it.each(cases.map((one) => [`${one.folder}/${one.file}`, one] as const))(
    '%s: at least 100 dB',
    async (name, { folder, file, describe: make, inputs }) => {
      const bytes = new Uint8Array(readFileSync(`${folder}/${file}.safetensors`));
      const store = storedWeights(bytes, name);
      const network = make(name, store.entries);
      const fed = Object.entries(inputs).map(([key, { dims, data }], i) => ({
        key,
        dims,
        data: data ?? noise(dims, i),
      }));
      const session = await backend.createSession({
        name,
        model: new Uint8Array(readFileSync(`${folder}/${file}.f32.onnx`)),
        externalData: [{ path: `${file}.onnx.data`, data: expandWeights(bytes, 'fp32', name) }],
      });
      const scope = backend.scope();
      const feeds = Object.fromEntries(fed.map(({ key, dims, data }) => [key, scope.ops.from(data, dims)]));
      const wanted = await session.run(feeds, scope.ops);
      const got = await reference(
        network,
        store,
        Object.fromEntries(
          fed.map(({ key, dims, data }) => [key, { dims, data: Float64Array.from(data, Number) }]),
        ),
      );
      expect(Object.keys(got)).toEqual(Object.keys(wanted));
      for (const [key, value] of Object.entries(got)) {
        expect(value.dims).toEqual(wanted[key]?.dims);
        const want = await wanted[key]?.read();
        expect(decibels(value.data, Float64Array.from(want ?? [], Number))).toBeGreaterThan(100);
      }
      scope.release();
      await session.dispose();
    },
    120_000,
  );
});
