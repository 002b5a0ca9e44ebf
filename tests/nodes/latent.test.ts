import { describe, expect, it } from 'vitest';
import type { LatentValue } from '@/engine/types';
import { latentAdd } from '@/nodes/latent/add';
import { latentAddNoise } from '@/nodes/latent/add-noise';
import { latentBatch } from '@/nodes/latent/batch';
import { latentComposite } from '@/nodes/latent/composite';
import { latentCrop } from '@/nodes/latent/crop';
import { latentEmpty } from '@/nodes/latent/empty';
import { latentFlip } from '@/nodes/latent/flip';
import { latentLoad } from '@/nodes/latent/load';
import { latentMix } from '@/nodes/latent/mix';
import { latentNoise } from '@/nodes/latent/noise';
import { latentNoiseSlerp } from '@/nodes/latent/noise-slerp';
import { latentPad } from '@/nodes/latent/pad';
import { latentPick } from '@/nodes/latent/pick';
import { latentResize } from '@/nodes/latent/resize';
import { latentRotate } from '@/nodes/latent/rotate';
import { latentSave } from '@/nodes/latent/save';
import { latentScale } from '@/nodes/latent/scale';
import { latentSlerp } from '@/nodes/latent/slerp';
import { latentSubtract } from '@/nodes/latent/subtract';
import { alphasCumprod } from './fake';
import { bench, failure, floats } from './harness';

type Bench = ReturnType<typeof bench>;
const unetOf = (b: Bench) => ({ kind: 'unet', unet: b.fake.kl.unet }) as const;

/** A latent [batch, 4, h, w] whose values count up from `start`. */
const counting = (b: Bench, h: number, w: number, start = 0, batch = 1): LatentValue => ({
  kind: 'latent',
  space: b.fake.kl.unet.space,
  samples: b.ops.from(
    Float32Array.from({ length: batch * 4 * h * w }, (_, i) => start + i),
    [batch, 4, h, w],
  ),
});
const values = async (latent: LatentValue): Promise<number[]> => [...(await floats(latent.samples))];
const noisyAt = (latent: LatentValue, sigma: number): LatentValue => ({
  ...latent,
  noisy: { sigma, sampler: 'ddim', before: [1], history: [] },
});

describe('latent/noise', () => {
  it('the largest seed works; larger ones and other text are refused by the schema', async () => {
    const b = bench();
    const { noise } = await b.run(latentNoise, { unet: unetOf(b) }, { seed: '18446744073709551615' });
    expect(noise.seed).toBe(2n ** 64n - 1n);
    const [stats] = await b.ops.stats(noise.samples);
    expect(stats?.nan).toBe(0);
    for (const seed of ['18446744073709551616', '-1', '1.5', '', 'seven']) {
      expect(latentNoise.params.safeParse({ seed }).success).toBe(false);
    }
  });
  it('element k of a batch alone, and the same noise for all', async () => {
    const b = bench();
    const { noise } = await b.run(latentNoise, { unet: unetOf(b) }, { seed: '3', batch: 4 });
    const { noise: alone } = await b.run(latentNoise, { unet: unetOf(b) }, { seed: '3', first: 2 });
    const { noise: same } = await b.run(
      latentNoise,
      { unet: unetOf(b) },
      { seed: '3', batch: 2, same: true },
    );
    const all = await floats(noise.samples);
    expect(await floats(alone.samples)).toEqual(all.slice(512, 768));
    expect([...(await floats(same.samples))]).toEqual([...all.slice(0, 256), ...all.slice(0, 256)]);
  });
  it('sizes are in pixels and must fit the U-Net', async () => {
    const b = bench();
    const { noise } = await b.run(latentNoise, { unet: unetOf(b) }, { width: 128, height: 64 });
    expect(noise.samples.dims).toEqual([1, 4, 8, 16]);
    const error = await failure(b.run(latentNoise, { unet: unetOf(b) }, { width: 100 }));
    expect(error).toMatchObject({ code: 'invalid-param', place: { path: 'width' } });
    expect(error.extra.fix).toBe('Use 96.');
    expect(await failure(b.run(latentNoise, { unet: unetOf(b) }, { height: 1 }))).toMatchObject({
      place: { path: 'height' },
    });
  });
});

describe('latent/noise-slerp', () => {
  it('walks from one seed to the other, keeping the variance', async () => {
    const b = bench();
    const { noise: a } = await b.run(
      latentNoise,
      { unet: unetOf(b) },
      { seed: '1', width: 256, height: 256 },
    );
    const { noise: z } = await b.run(
      latentNoise,
      { unet: unetOf(b) },
      { seed: '2', width: 256, height: 256 },
    );
    const { noise } = await b.run(latentNoiseSlerp, { a, b: z }, { count: 5 });
    const all = await floats(noise.samples);
    const size = all.length / 5;
    const [start, end] = [await floats(a.samples), await floats(z.samples)];
    expect(Math.max(...all.slice(0, size).map((x, i) => Math.abs(x - (start[i] ?? 0))))).toBeLessThan(1e-6);
    expect(Math.max(...all.slice(4 * size).map((x, i) => Math.abs(x - (end[i] ?? 0))))).toBeLessThan(1e-6);
    for (const { std } of await b.ops.stats(noise.samples)) expect(Math.abs(std - 1)).toBeLessThan(0.05);
    expect(noise.seed).toBe(1n);
    const other = { ...z, samples: b.ops.full([1, 4, 4, 4], 0) };
    expect(await failure(b.run(latentNoiseSlerp, { a, b: other }, {}))).toMatchObject({
      place: { port: 'b' },
    });
  });
});

describe('latent/add-noise', () => {
  it('is the closed form of the forward process', async () => {
    const b = bench();
    const { noise } = await b.run(latentNoise, { unet: unetOf(b) }, { seed: '1' });
    const latent = counting(b, 8, 8, -1);
    const { latent: noised } = await b.run(
      latentAddNoise,
      { unet: unetOf(b), latent, noise },
      { timestep: 250 },
    );
    const alpha = alphasCumprod[250] ?? 0;
    const [clean, n, got] = [await values(latent), await floats(noise.samples), await values(noised)];
    for (const i of [0, 17, 255]) {
      expect(got[i]).toBeCloseTo(Math.sqrt(alpha) * (clean[i] ?? 0) + Math.sqrt(1 - alpha) * (n[i] ?? 0), 4);
    }
    expect(noised.noisy?.sigma).toBeCloseTo(Math.sqrt((1 - alpha) / alpha), 12);
    expect(
      await failure(b.run(latentAddNoise, { unet: unetOf(b), latent: noised, noise }, {})),
    ).toMatchObject({ place: { port: 'latent' } });
  });
});

describe('arithmetic', () => {
  it('add, subtract, mix and scale', async () => {
    const b = bench();
    const [one, other] = [counting(b, 2, 2), counting(b, 2, 2, 100)];
    expect(
      (await values((await b.run(latentAdd, { a: one, b: other }, { amount: 0.5 })).latent)).slice(0, 2),
    ).toEqual([50, 51.5]);
    expect((await values((await b.run(latentSubtract, { a: one, b: other }, { amount: 1 })).latent))[3]).toBe(
      -100,
    );
    expect((await values((await b.run(latentMix, { a: one, b: other }, { t: 0.25 })).latent))[0]).toBe(25);
    expect((await values((await b.run(latentScale, { latent: one }, { factor: -2 })).latent))[5]).toBe(-10);
  });
  it('a batch of 1 is repeated; other differences are refused by name', async () => {
    const b = bench();
    const { latent } = await b.run(latentAdd, { a: counting(b, 2, 2), b: counting(b, 2, 2, 0, 3) }, {});
    expect(latent.samples.dims).toEqual([3, 4, 2, 2]);
    const error = await failure(
      b.run(latentAdd, { a: counting(b, 2, 2, 0, 2), b: counting(b, 2, 2, 0, 3) }, {}),
    );
    expect(error.message).toContain('batch of 2');
    expect(await failure(b.run(latentMix, { a: counting(b, 2, 2), b: counting(b, 2, 3) }, {}))).toMatchObject(
      { place: { port: 'b' } },
    );
    const foreign = { ...counting(b, 2, 2), space: { ...b.fake.kl.unet.space, space: 'other' } };
    expect(await failure(b.run(latentSubtract, { a: counting(b, 2, 2), b: foreign }, {}))).toMatchObject({
      code: 'bad-input',
    });
    expect(
      await failure(b.run(latentAdd, { a: noisyAt(counting(b, 2, 2), 1), b: counting(b, 2, 2) }, {})),
    ).toMatchObject({ place: { port: 'b' } });
  });
  it('slerp keeps the norm, has the right ends, and is straight where it must be', async () => {
    const b = bench();
    const make = (data: number[]): LatentValue => ({
      ...counting(b, 1, 1),
      samples: b.ops.from(Float32Array.from(data), [1, 4, 1, 1]),
    });
    const [x, y] = [make([1, 0, 0, 0]), make([0, 1, 0, 0])];
    const half = await values((await b.run(latentSlerp, { a: x, b: y }, { t: 0.5 })).latent);
    expect(half[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(half[1]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(await values((await b.run(latentSlerp, { a: x, b: x }, { t: 0.3 })).latent)).toEqual([1, 0, 0, 0]);
    expect(
      await values((await b.run(latentSlerp, { a: make([0, 0, 0, 0]), b: y }, { t: 0.5 })).latent),
    ).toEqual([0, 0.5, 0, 0]);
    // Towards an opposite vector no direction is given: the line goes through the middle, finite.
    const opposite = await values(
      (await b.run(latentSlerp, { a: x, b: make([-1, 0, 0, 0]) }, { t: 0.5 })).latent,
    );
    expect(opposite.every(Number.isFinite)).toBe(true);
  });
});

describe('geometry', () => {
  it('flip and rotate, clockwise as seen', async () => {
    const b = bench();
    const latent = counting(b, 2, 3);
    expect((await values((await b.run(latentFlip, { latent }, {})).latent)).slice(0, 6)).toEqual([
      2, 1, 0, 5, 4, 3,
    ]);
    expect(
      (await values((await b.run(latentFlip, { latent }, { axis: 'vertical' })).latent)).slice(0, 6),
    ).toEqual([3, 4, 5, 0, 1, 2]);
    const turned = (await b.run(latentRotate, { latent }, { turn: '90' })).latent;
    expect(turned.samples.dims).toEqual([1, 4, 3, 2]);
    expect((await values(turned)).slice(0, 6)).toEqual([3, 0, 4, 1, 5, 2]);
    const back = (await b.run(latentRotate, { latent: turned }, { turn: '270' })).latent;
    expect(await values(back)).toEqual(await values(latent));
    expect(
      (await values((await b.run(latentRotate, { latent }, { turn: '180' })).latent)).slice(0, 6),
    ).toEqual([5, 4, 3, 2, 1, 0]);
  });
  it('crop, pad and resize count in pixels', async () => {
    const b = bench();
    const latent = counting(b, 4, 4);
    const { latent: cut } = await b.run(latentCrop, { latent }, { x: 8, y: 16, width: 16, height: 8 });
    expect((await values(cut)).slice(0, 2)).toEqual([9, 10]);
    const { latent: framed } = await b.run(latentPad, { latent: cut }, { top: 8, left: 8, value: -1 });
    expect(framed.samples.dims).toEqual([1, 4, 2, 3]);
    expect((await values(framed)).slice(0, 6)).toEqual([-1, -1, -1, -1, 9, 10]);
    const { latent: small } = await b.run(latentResize, { latent }, { width: 16, height: 16, mode: 'area' });
    expect((await values(small)).slice(0, 4)).toEqual([2.5, 4.5, 10.5, 12.5]);
    expect(await failure(b.run(latentCrop, { latent }, { x: 24, width: 16, height: 8 }))).toMatchObject({
      code: 'invalid-param',
      place: { path: 'width' },
    });
    expect(await failure(b.run(latentCrop, { latent }, { x: 3, width: 16, height: 8 }))).toMatchObject({
      place: { path: 'x' },
    });
    expect(await failure(b.run(latentPad, { latent }, { top: 5 }))).toMatchObject({ place: { path: 'top' } });
    expect(await failure(b.run(latentResize, { latent }, { width: 12, height: 16 }))).toMatchObject({
      place: { path: 'width' },
    });
  });
  it('composite takes B where the mask is 1', async () => {
    const b = bench();
    const mask = {
      kind: 'mask',
      mask: b.ops.from(
        Float32Array.from({ length: 16 * 16 }, (_, i) => (i % 16 < 8 ? 1 : 0)),
        [1, 1, 16, 16],
      ),
    } as const;
    const { latent } = await b.run(
      latentComposite,
      { a: counting(b, 2, 2), b: counting(b, 2, 2, 100), mask },
      {},
    );
    expect((await values(latent)).slice(0, 4)).toEqual([100, 1, 102, 3]);
    // One latent under two masks is two latents.
    const pair = { kind: 'mask', mask: b.ops.concat([mask.mask, mask.mask], 0) } as const;
    const { latent: twice } = await b.run(
      latentComposite,
      { a: counting(b, 2, 2), b: counting(b, 2, 2, 100), mask: pair },
      {},
    );
    expect(twice.samples.dims[0]).toBe(2);
  });
  it('what changes the samples forgets what a multistep sampler remembered, but not the noise level', async () => {
    const b = bench();
    const { latent } = await b.run(latentFlip, { latent: noisyAt(counting(b, 2, 2), 3) }, {});
    expect(latent.noisy).toEqual({ sigma: 3, sampler: 'ddim', before: [], history: [] });
  });
});

describe('batches and canvases', () => {
  it('batch and pick are inverse', async () => {
    const b = bench();
    const { latent } = await b.run(latentBatch, { a: counting(b, 2, 2), b: counting(b, 2, 2, 50, 2) }, {});
    expect(latent.samples.dims[0]).toBe(3);
    const { picked } = await b.run(latentPick, { latent }, { index: 1, count: 2 });
    expect(await values(picked)).toEqual(await values(counting(b, 2, 2, 50, 2)));
    expect(await failure(b.run(latentPick, { latent }, { index: 3 }))).toMatchObject({
      place: { path: 'index' },
    });
    expect(await failure(b.run(latentBatch, { a: latent, b: counting(b, 2, 3) }, {}))).toMatchObject({
      place: { port: 'b' },
    });
  });
  it('empty is zeros of the right size', async () => {
    const b = bench();
    const { latent } = await b.run(latentEmpty, { unet: unetOf(b) }, { batch: 2, width: 32 });
    expect(latent.samples.dims).toEqual([2, 4, 8, 4]);
    expect(new Set(await values(latent))).toEqual(new Set([0]));
  });
});

const firstStageOf = (b: Bench) => ({ kind: 'first-stage', firstStage: b.fake.kl.firstStage }) as const;
const url = (bytes: Uint8Array): string =>
  `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
/** A safetensors file that is only this header. */
const header = (json: string): Uint8Array => {
  const text = new TextEncoder().encode(json);
  const out = new Uint8Array(8 + text.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  return out;
};

describe('latent/save and latent/load', () => {
  it('round trip, bit for bit, with space and noise level', async () => {
    const b = bench();
    const latent = noisyAt(counting(b, 2, 3, -5.1, 2), 1.25);
    await b.run(latentSave, { latent }, { name: 'mine' });
    const [file] = b.log.files;
    expect(file?.name).toBe('mine.safetensors');
    const { latent: loaded } = await b.run(
      latentLoad,
      { firstStage: firstStageOf(b) },
      { source: url(file?.bytes ?? new Uint8Array()) },
    );
    expect(loaded.samples.dims).toEqual([2, 4, 2, 3]);
    expect(await values(loaded)).toEqual(await values(latent));
    expect(loaded.noisy?.sigma).toBe(1.25);
    const vq = { kind: 'first-stage', firstStage: b.fake.vq.firstStage } as const;
    const error = await failure(
      b.run(latentLoad, { firstStage: vq }, { source: url(file?.bytes ?? new Uint8Array()) }),
    );
    expect(error.message).toContain('"fake-kl"');
  });
  it('refuses damaged files in words', async () => {
    const b = bench();
    await b.run(latentSave, { latent: counting(b, 2, 2) }, {});
    const good = b.log.files[0]?.bytes ?? new Uint8Array();
    const bad: Uint8Array[] = [
      new Uint8Array(3),
      good.slice(0, 20),
      good.slice(0, -4),
      header('not json'),
      header('{"x":{"dtype":"F32","shape":[1e9,1e9],"data_offsets":[0,4]}}'),
      header('{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}'),
      header('{"x":{"shape":"all"}}'),
      header('{}'),
      new Uint8Array(16).fill(255),
    ];
    for (const bytes of bad) {
      const error = await failure(b.run(latentLoad, { firstStage: firstStageOf(b) }, { source: url(bytes) }));
      expect(error).toMatchObject({ code: 'bad-input', place: { path: 'source' } });
    }
    expect(await failure(b.run(latentLoad, { firstStage: firstStageOf(b) }, {}))).toMatchObject({
      code: 'invalid-param',
    });
    expect(latentSave.params.safeParse({ name: '../etc/passwd' }).success).toBe(false);
  });
});
