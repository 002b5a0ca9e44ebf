/** Guidance: what the network is asked, how often, and what comes of it. */
import { describe, expect, it } from 'vitest';
import type { ConditioningValue, DenoiserValue } from '@/engine/types';
import { evaluations } from '@/nodes/sampling/_math/guidance';
import { conditioningClass } from '@/nodes/conditioning/class';
import { conditioningCombine } from '@/nodes/conditioning/combine';
import { conditioningText } from '@/nodes/conditioning/text';
import { samplingUnet } from '@/nodes/sampling/unet';
import { createFake, meanOf } from '../fake';
import { bench, failure, floats } from '../harness';

type Bench = ReturnType<typeof bench>;
const conditionerOf = (b: Bench) => ({ kind: 'conditioner', conditioner: b.fake.kl.conditioner }) as const;
const unetOf = (b: Bench) => ({ kind: 'unet', unet: b.fake.kl.unet }) as const;
const text = async (b: Bench, words: string) =>
  (await b.run(conditioningText, { conditioner: conditionerOf(b) }, { text: words })).conditioning;
async function both(b: Bench): Promise<ConditioningValue> {
  const label = (
    await b.run(conditioningClass, { conditioner: conditionerOf(b) }, { class: 'avatar:avataaars' })
  ).conditioning;
  return (await b.run(conditioningCombine, { a: await text(b, 'red blue'), b: label }, {})).conditioning;
}
/** The prediction at σ = 100, where it is the mean under the condition. */
async function ask(b: Bench, denoiser: DenoiserValue, at = 0, batch = 1): Promise<number> {
  const x = b.ops.full([batch, 4, 8, 8], 0);
  const denoised = await denoiser.denoise(x, 100, at, { ops: b.ops, signal: new AbortController().signal });
  expect(denoised.dims).toEqual([batch, 4, 8, 8]);
  return (await floats(denoised))[0] ?? Number.NaN;
}

describe('one scale', () => {
  it('scale 1 asks once, another scale twice in one call, and D = D∅ + w(D_c − D∅)', async () => {
    const b = bench();
    const positive = await text(b, 'red blue');
    for (const [guidance, batch] of [
      [1, 1],
      [0, 1],
      [4, 2],
    ] as const) {
      b.fake.calls.length = 0;
      const { denoiser } = await b.run(samplingUnet, { unet: unetOf(b), positive }, { guidance });
      expect(await ask(b, denoiser)).toBeCloseTo(guidance * meanOf(2, 0, 0), 2);
      expect(b.fake.calls.map((call) => call.batch)).toEqual([batch]);
    }
  });
  it('without a condition it is asked once, whatever the scale', async () => {
    const b = bench();
    const { denoiser } = await b.run(samplingUnet, { unet: unetOf(b) }, { guidance: 7 });
    expect(await ask(b, denoiser)).toBeCloseTo(0, 3);
    expect(b.fake.calls.map((call) => call.batch)).toEqual([1]);
  });
  it('a negative prompt takes the place of the null text', async () => {
    const b = bench();
    const { denoiser } = await b.run(
      samplingUnet,
      { unet: unetOf(b), positive: await both(b), negative: await text(b, 'red') },
      { guidance: 3 },
    );
    expect(await ask(b, denoiser)).toBeCloseTo(meanOf(1, 0, 0) + 3 * (meanOf(2, 1, 0) - meanOf(1, 0, 0)), 2);
  });
  it('a batch of images keeps its elements apart', async () => {
    const b = bench();
    const { denoiser } = await b.run(
      samplingUnet,
      { unet: unetOf(b), positive: await text(b, 'red') },
      { guidance: 2 },
    );
    expect(await ask(b, denoiser, 0, 3)).toBeCloseTo(2 * meanOf(1, 0, 0), 2);
    expect(b.fake.calls.map((call) => call.batch)).toEqual([6]);
  });
  it('ε, v and x₀ networks give the same prediction', async () => {
    const values: number[] = [];
    for (const prediction of ['epsilon', 'v', 'sample'] as const) {
      const b = bench(createFake(prediction));
      const { denoiser } = await b.run(
        samplingUnet,
        { unet: unetOf(b), positive: await text(b, 'red blue') },
        { guidance: 2.5 },
      );
      const x = b.ops.full([1, 4, 8, 8], 1.7);
      const denoised = await denoiser.denoise(x, 0.9, 0, {
        ops: b.ops,
        signal: new AbortController().signal,
      });
      values.push((await floats(denoised))[5] ?? Number.NaN);
    }
    expect(values[1]).toBeCloseTo(values[0] ?? 0, 5);
    expect(values[2]).toBeCloseTo(values[0] ?? 0, 5);
  });
});

describe('a scale per part', () => {
  it('equal scales are one scale', async () => {
    const b = bench();
    const positive = await both(b);
    const one = await b.run(samplingUnet, { unet: unetOf(b), positive }, { guidance: 3 });
    const parts = await b.run(
      samplingUnet,
      { unet: unetOf(b), positive },
      { perPart: true, textScale: 3, classScale: 3, mapScale: 3 },
    );
    expect(await ask(b, parts.denoiser)).toBeCloseTo(await ask(b, one.denoiser), 4);
  });
  it('D∅ + w_class(D_class − D∅) + w_text(D_class,text − D_class), in one call of three', async () => {
    const b = bench();
    const { denoiser } = await b.run(
      samplingUnet,
      { unet: unetOf(b), positive: await both(b) },
      { perPart: true, textScale: 5, classScale: 2 },
    );
    expect(await ask(b, denoiser)).toBeCloseTo(
      2 * meanOf(0, 1, 0) + 5 * (meanOf(2, 1, 0) - meanOf(0, 1, 0)),
      2,
    );
    expect(b.fake.calls.map((call) => call.batch)).toEqual([3]);
  });
  it('weights always sum to 1', () => {
    const active = [
      { entry: 0, weight: 2, parts: ['text', 'map'] as const },
      { entry: 1, weight: 1, parts: [] },
    ];
    for (const scales of [0, 1, 3.5, { text: 2, class: 3, map: 4, image: 5 }]) {
      const sum = evaluations(active, scales).reduce((total, { weight }) => total + weight, 0);
      expect(sum).toBeCloseTo(1, 12);
    }
  });
});

describe('interval and rescale', () => {
  it('outside the interval the scale is 1', async () => {
    const b = bench();
    const { denoiser } = await b.run(
      samplingUnet,
      { unet: unetOf(b), positive: await text(b, 'red') },
      { guidance: 5, from: 0.25, to: 0.75 },
    );
    expect(await ask(b, denoiser, 0.1)).toBeCloseTo(meanOf(1, 0, 0), 2);
    expect(await ask(b, denoiser, 0.5)).toBeCloseTo(5 * meanOf(1, 0, 0), 2);
    expect(await ask(b, denoiser, 0.9)).toBeCloseTo(meanOf(1, 0, 0), 2);
    expect(b.fake.calls.map((call) => call.batch)).toEqual([1, 2, 1]);
  });
  it('rescale φ = 1 gives the network’s output the deviation of the conditional one (Lin et al.)', async () => {
    const b = bench(createFake('sample'));
    const positive = await text(b, 'red');
    const x = b.ops.from(
      Float32Array.from({ length: 256 }, (_, i) => Math.sin(i)),
      [1, 4, 8, 8],
    );
    const call = { ops: b.ops, signal: new AbortController().signal };
    const deviationAt = async (params: { guidance: number; rescale?: number }): Promise<number> => {
      const { denoiser } = await b.run(samplingUnet, { unet: unetOf(b), positive }, params);
      // A sample network: the prediction is the output itself.
      const [stats] = await b.ops.stats(await denoiser.denoise(x, 0.5, 0, call));
      return stats?.std ?? Number.NaN;
    };
    const conditional = await deviationAt({ guidance: 1 });
    expect(await deviationAt({ guidance: 6, rescale: 1 })).toBeCloseTo(conditional, 5);
  });
});

describe('bad input', () => {
  it('a condition of another conditioner, and a mixed negative', async () => {
    const b = bench();
    const positive = await text(b, 'red');
    const foreign = { ...positive, conditioner: { id: 'other' } };
    expect(await failure(b.run(samplingUnet, { unet: unetOf(b), positive: foreign }, {}))).toMatchObject({
      code: 'bad-input',
      place: { port: 'positive' },
    });
    const mixed = { ...positive, entries: [...positive.entries, ...positive.entries] };
    expect(await failure(b.run(samplingUnet, { unet: unetOf(b), negative: mixed }, {}))).toMatchObject({
      place: { port: 'negative' },
    });
  });
  it('a condition of the wrong batch', async () => {
    const b = bench();
    const positive = await text(b, 'red');
    const part = positive.entries[0]?.parts.text;
    const context = b.ops.full([2, 32, 6], 0);
    const entries =
      part && 'context' in part
        ? [{ parts: { text: { ...part, context } }, weight: 1, start: 0, end: 1 }]
        : [];
    const { denoiser } = await b.run(
      samplingUnet,
      { unet: unetOf(b), positive: { ...positive, entries } },
      {},
    );
    const asked = denoiser.denoise(b.ops.full([3, 4, 8, 8], 0), 1, 0, {
      ops: b.ops,
      signal: new AbortController().signal,
    });
    expect(await failure(asked)).toMatchObject({ code: 'bad-input' });
  });
});
