import { describe, expect, it } from 'vitest';
import { createCpuScope } from '@/engine/tensor';
import {
  LoomError,
  type AnyValue,
  type Conditioner,
  type FirstStage,
  type LatentSpaceInfo,
  type ModelSource,
  type UNet,
} from '@/engine/types';
import { snapshotSchema } from '@/app/_snapshots/messages';
import { decodeLatent, snapshot, transferables } from '@/app/_snapshots/snapshot';

const { ops } = createCpuScope();
const space: LatentSpaceInfo = {
  space: 'kl',
  channels: 2,
  factor: 8,
  rgb: {
    weight: [
      [1, 0, 0],
      [0, 1, 0],
    ],
    bias: [0, 0, 0],
  },
};
const labels = {
  id: 'face',
  labels: [
    { name: 'none', color: '#000000' },
    { name: 'skin', color: '#c08060' },
  ],
};
const tokens = [
  { id: 1, text: '<s>', known: true, special: true },
  { id: 9, text: 'cat', known: true, special: false },
];
const conditioner: Conditioner = {
  id: 'loom',
  text: {
    width: 2,
    length: 2,
    tokenize: () => Promise.resolve({ tokens, limit: 2, overflow: 'and a dog' }),
    encode: () => Promise.reject(new Error('not asked')),
  },
  map: { labels, channels: 2, encode: () => Promise.reject(new Error('not asked')) },
};
const firstStage: FirstStage = {
  type: 'vq',
  space,
  codebook: { entries: 4, vectors: new Float32Array(8) },
  encode: () => Promise.reject(new Error('not asked')),
  decode: (latent, options) => Promise.resolve(options.ops.full([1, 3, 8, 8], latent.dims[1] ?? 0)),
};
const unet: UNet = {
  space,
  diffusion: { prediction: 'v', alphasCumprod: new Float64Array([0.9, 0.1]) },
  conditioner,
  nativeSize: { height: 32, width: 32 },
  multipleOf: 4,
  concatChannels: 0,
  contextWidth: 2,
  load: () => Promise.resolve(),
  call: () => Promise.reject(new Error('not asked')),
};
const values: readonly AnyValue[] = [
  { kind: 'latent', space, samples: ops.full([1, 2, 2, 2], 0.5) },
  { kind: 'noise', space, samples: ops.full([1, 2, 2, 2], 1), seed: 2n ** 64n - 1n },
  { kind: 'image', pixels: ops.full([1, 3, 2, 2], 0) },
  { kind: 'mask', mask: ops.full([1, 1, 2, 2], 1) },
  { kind: 'semantic-map', labels, map: ops.from(new Uint8Array([0, 1, 1, 0]), [1, 2, 2]) },
  { kind: 'codes', space, codes: ops.from(new Int32Array([3, 1]), [1, 1, 2]) },
  {
    kind: 'conditioning',
    conditioner,
    entries: [
      {
        weight: 1,
        start: 0,
        end: 0.5,
        parts: {
          text: { part: 'text', label: 'cat', context: ops.from(new Float32Array([3, 4, 0, 1]), [1, 2, 2]) },
          map: { part: 'map', label: '', concat: ops.from(new Uint8Array([1]), [1, 1, 1]) },
          image: { part: 'image', label: '', concat: ops.full([1, 1, 1, 1], 0) },
        },
      },
    ],
  },
  { kind: 'conditioner', conditioner },
  { kind: 'unet', unet },
  { kind: 'denoiser', space, unet, denoise: () => Promise.reject(new Error('not asked')) },
  { kind: 'first-stage', firstStage },
  { kind: 'schedule', sigmas: new Float64Array([14, 1, 0]) },
  { kind: 'sampler', name: 'ddim', options: { eta: 0.5 } },
  { kind: 'number', value: 3 },
  { kind: 'text', text: '고양이' },
];

describe('snapshots', () => {
  it.each(values.map((value) => [value.kind, value] as const))(
    '%s passes the worker’s door whole',
    async (_, value) => {
      const taken = await snapshot(value);
      const parsed = snapshotSchema.parse(taken);
      const sent: unknown = structuredClone(taken, { transfer: transferables(taken) });
      expect(snapshotSchema.parse(sent)).toEqual(
        parsed.kind === 'facts' ? taken : snapshotSchema.parse(await snapshot(value)),
      );
    },
  );

  it('codes come with the size of their codebook where it is known', async () => {
    const value = values.find(({ kind }) => kind === 'codes');
    if (!value) throw new Error('expected codes');
    expect(await snapshot(value)).toMatchObject({ entries: null });
    const codes = new Map([[space.space, 512]]);
    expect(await snapshot(value, { codes })).toMatchObject({ entries: 512 });
  });

  it('taking one leaves the engine’s memory alone', async () => {
    const [value] = values;
    if (value?.kind !== 'latent') throw new Error('expected a latent');
    const taken = await snapshot(value);
    structuredClone(taken, { transfer: transferables(taken) });
    expect([...(await value.samples.read())]).toEqual(Array.from({ length: 8 }, () => 0.5));
  });

  it('conditioning has its tokens with norms, what did not fit, and its map with labels', async () => {
    const value = values.find(({ kind }) => kind === 'conditioning');
    const taken = value && (await snapshot(value));
    if (taken?.kind !== 'conditioning') throw new Error('expected conditioning');
    const [text, map] = taken.entries[0]?.parts ?? [];
    expect(text).toMatchObject({
      label: 'cat',
      norms: [5, 1],
      tokens,
      overflow: 'and a dog',
      dims: [1, 2, 2],
    });
    expect(map).toMatchObject({ part: 'map', map: { labels } });
  });

  it('a seed keeps all its 64 bits', async () => {
    expect(values[1] && (await snapshot(values[1]))).toMatchObject({ seed: '18446744073709551615' });
  });

  it('a tensor of the wrong type is an error, not a wrong picture', async () => {
    await expect(
      snapshot({ kind: 'image', pixels: ops.from(new Uint8Array(3), [1, 3, 1, 1]) }),
    ).rejects.toThrow(LoomError);
  });
});

const source = (makes: Readonly<Record<string, string>>): ModelSource => ({
  space: () => undefined,
  open: (id) => {
    const made = makes[id];
    return made === undefined
      ? Promise.reject(new LoomError('package-missing', id))
      : Promise.resolve({
          id,
          hash: '',
          conditioner,
          firstStage: { ...firstStage, space: { ...space, space: made } },
        });
  },
});

describe('decoding a latent', () => {
  const options = { ops, signal: new AbortController().signal };
  const latent = ops.full([1, 2, 1, 1], 0);

  it('uses the package that makes its space, whichever it is called', async () => {
    const image = await decodeLatent(
      latent,
      'kl',
      source({ other: 'vq', mine: 'kl' }),
      ['missing', 'other', 'mine'],
      options,
    );
    expect(image.pixels.dims).toEqual([1, 3, 8, 8]);
  });
  it('says so when there is none', async () => {
    await expect(
      decodeLatent(latent, 'kl', source({ other: 'vq' }), ['other'], options),
    ).rejects.toMatchObject({
      code: 'package-missing',
      place: { package: 'kl' },
    });
  });
});
