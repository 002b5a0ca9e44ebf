import { describe, expect, it } from 'vitest';
import type { ConditioningValue } from '@/engine/types';
import { conditioningClass } from '@/nodes/conditioning/class';
import { conditioningCombine } from '@/nodes/conditioning/combine';
import { conditioningImage } from '@/nodes/conditioning/image';
import { conditioningInterpolate } from '@/nodes/conditioning/interpolate';
import { conditioningMix } from '@/nodes/conditioning/mix';
import { conditioningRange } from '@/nodes/conditioning/range';
import { conditioningSemanticMap } from '@/nodes/conditioning/semantic-map';
import { conditioningText } from '@/nodes/conditioning/text';
import { samplingUnet } from '@/nodes/sampling/unet';
import { classes, labels, meanOf, textLength } from './fake';
import { bench, failure, floats } from './harness';

type Bench = ReturnType<typeof bench>;
const conditionerOf = (b: Bench) => ({ kind: 'conditioner', conditioner: b.fake.kl.conditioner }) as const;
const unetOf = (b: Bench) => ({ kind: 'unet', unet: b.fake.kl.unet }) as const;
const text = async (b: Bench, words: string): Promise<ConditioningValue> =>
  (await b.run(conditioningText, { conditioner: conditionerOf(b) }, { text: words })).conditioning;
const label = async (b: Bench, name: string): Promise<ConditioningValue> =>
  (await b.run(conditioningClass, { conditioner: conditionerOf(b) }, { class: name })).conditioning;
const mapPart = async (b: Bench): Promise<ConditioningValue> => {
  const map = b.ops.from(new Uint8Array(64 * 64).fill(2), [1, 64, 64]);
  return (
    await b.run(
      conditioningSemanticMap,
      { conditioner: conditionerOf(b), map: { kind: 'semantic-map', labels, map } },
      {},
    )
  ).conditioning;
};

describe('conditioning/text', () => {
  it('encodes, and shows unknown words and how many tokens fit', async () => {
    const b = bench();
    const { conditioning, tokens } = await b.run(
      conditioningText,
      { conditioner: conditionerOf(b) },
      { text: 'a red zeppelin' },
    );
    expect(conditioning.entries[0]?.parts.text).toMatchObject({ part: 'text', label: 'a red zeppelin' });
    expect(tokens.text).toBe(`a red [?]zeppelin\n3 of ${textLength} tokens`);
  });
  it('refuses a prompt that is too long, naming what does not fit, or cuts it when told to', async () => {
    const b = bench();
    const long = `${'red '.repeat(textLength)}last words`;
    const error = await failure(b.run(conditioningText, { conditioner: conditionerOf(b) }, { text: long }));
    expect(error).toMatchObject({ code: 'bad-input', place: { path: 'text' } });
    expect(error.message).toContain('"last words"');
    const cut = await b.run(
      conditioningText,
      { conditioner: conditionerOf(b) },
      { text: long, tooLong: 'cut' },
    );
    expect(cut.tokens.text).toContain('cut: last words');
  });
  it('says when the package has no text encoder', async () => {
    const b = bench();
    const without = { kind: 'conditioner', conditioner: { id: 'x' } } as const;
    expect(await failure(b.run(conditioningText, { conditioner: without }, {}))).toMatchObject({
      place: { port: 'conditioner' },
    });
  });
});

describe('conditioning/class', () => {
  it('looks the class up; empty is the null class; an unknown one is named with the known', async () => {
    const b = bench();
    const part = (await label(b, classes[1] ?? '')).entries[0]?.parts.class;
    expect(part && 'context' in part ? (await floats(part.context))[0] : undefined).toBe(2);
    const none = (await label(b, '')).entries[0]?.parts.class;
    expect(none && 'context' in none ? (await floats(none.context))[0] : undefined).toBe(0);
    const error = await failure(label(b, 'unicorn'));
    expect(error).toMatchObject({ code: 'invalid-param', place: { path: 'class' } });
    expect(error.extra.fix).toContain(classes[0]);
  });
});

describe('conditioning/semantic-map', () => {
  it('carries the map as it is and refuses other labels', async () => {
    const b = bench();
    const part = (await mapPart(b)).entries[0]?.parts.map;
    expect(part && 'concat' in part ? part.concat.dims : []).toEqual([1, 64, 64]);
    const map = {
      kind: 'semantic-map',
      labels: { ...labels, id: 'other' },
      map: b.ops.from(new Uint8Array(4), [1, 2, 2]),
    } as const;
    expect(
      await failure(b.run(conditioningSemanticMap, { conditioner: conditionerOf(b), map }, {})),
    ).toMatchObject({ place: { port: 'map' } });
  });
});

describe('conditioning/combine', () => {
  it('merges parts and refuses the same part twice', async () => {
    const b = bench();
    const { conditioning } = await b.run(
      conditioningCombine,
      { a: await text(b, 'red'), b: await label(b, ''), c: await mapPart(b) },
      {},
    );
    expect(Object.keys(conditioning.entries[0]?.parts ?? {}).toSorted()).toEqual(['class', 'map', 'text']);
    const error = await failure(
      b.run(conditioningCombine, { a: await text(b, 'red'), b: await text(b, 'blue') }, {}),
    );
    expect(error).toMatchObject({ code: 'bad-input', place: { port: 'b' } });
  });
  it('counts only while both do', async () => {
    const b = bench();
    const early = await b.run(
      conditioningRange,
      { conditioning: await text(b, 'red') },
      { start: 0, end: 0.6 },
    );
    const late = await b.run(conditioningRange, { conditioning: await mapPart(b) }, { start: 0.4, end: 1 });
    const { conditioning } = await b.run(
      conditioningCombine,
      { a: early.conditioning, b: late.conditioning },
      {},
    );
    expect(conditioning.entries.map(({ start, end }) => [start, end])).toEqual([[0.4, 0.6]]);
  });
});

describe('conditioning/mix and conditioning/range', () => {
  it('weights by share, and the denoiser averages the predictions so', async () => {
    const b = bench();
    const { conditioning } = await b.run(
      conditioningMix,
      { a: await text(b, 'red'), b: await text(b, 'red blue a') },
      { weight: 0.25 },
    );
    expect(conditioning.entries.map(({ weight }) => weight)).toEqual([0.75, 0.25]);
    const { denoiser } = await b.run(
      samplingUnet,
      { unet: unetOf(b), positive: conditioning },
      { guidance: 1 },
    );
    const denoised = await floats(
      await denoiser.denoise(b.ops.full([1, 4, 8, 8], 0), 100, 0, {
        ops: b.ops,
        signal: new AbortController().signal,
      }),
    );
    // At σ = 100 the exact prediction is the mean, within (s/σ)².
    expect(denoised[0]).toBeCloseTo(0.75 * meanOf(1, 0, 0) + 0.25 * meanOf(3, 0, 0), 3);
    expect(b.fake.calls.map(({ batch }) => batch)).toEqual([2]);
  });
  it('at weight 0 and 1 only one is asked', async () => {
    const b = bench();
    for (const [weight, kept] of [
      [0, 'red'],
      [1, 'blue'],
    ] as const) {
      const { conditioning } = await b.run(
        conditioningMix,
        { a: await text(b, 'red'), b: await text(b, 'blue') },
        { weight },
      );
      expect(conditioning.entries.map(({ parts }) => parts.text?.label)).toEqual([kept]);
    }
  });
  it('a range switches the condition during the sampling', async () => {
    const b = bench();
    const { conditioning } = await b.run(
      conditioningRange,
      { conditioning: await text(b, 'red blue') },
      { start: 0.5, end: 1 },
    );
    const { denoiser } = await b.run(
      samplingUnet,
      { unet: unetOf(b), positive: conditioning },
      { guidance: 1 },
    );
    const at = async (when: number) =>
      (
        await floats(
          await denoiser.denoise(b.ops.full([1, 4, 8, 8], 0), 100, when, {
            ops: b.ops,
            signal: new AbortController().signal,
          }),
        )
      )[0];
    expect(await at(0.25)).toBeCloseTo(0, 3);
    expect(await at(0.5)).toBeCloseTo(meanOf(2, 0, 0), 3);
    expect(await failure(b.run(conditioningRange, { conditioning }, { start: 0.8, end: 0.2 }))).toMatchObject(
      { place: { path: 'end' } },
    );
  });
});

describe('conditioning/interpolate', () => {
  it('gives a batch of equal steps between the embeddings', async () => {
    const b = bench();
    const { conditioning } = await b.run(
      conditioningInterpolate,
      { a: await text(b, 'red'), b: await text(b, 'red blue a') },
      { count: 5 },
    );
    const part = conditioning.entries[0]?.parts.text;
    const values = part && 'context' in part ? await floats(part.context) : new Float32Array();
    const size = values.length / 5;
    expect([0, 1, 2, 3, 4].map((k) => values[k * size])).toEqual([1, 1.5, 2, 2.5, 3]);
    const mixed = (await b.run(conditioningMix, { a: await text(b, 'red'), b: await text(b, 'blue') }, {}))
      .conditioning;
    expect(
      await failure(b.run(conditioningInterpolate, { a: mixed, b: await text(b, 'red') }, {})),
    ).toMatchObject({ place: { port: 'a' } });
  });
});

describe('conditioning/image', () => {
  it('concatenates latent and mask, and the U-Net gets them behind the noisy latent', async () => {
    const b = bench();
    const { inpaint } = b.fake;
    const latent = {
      kind: 'latent',
      space: inpaint.unet.space,
      samples: b.ops.full([1, 4, 8, 8], 0.5),
    } as const;
    const mask = { kind: 'mask', mask: b.ops.full([1, 1, 64, 64], 1) } as const;
    const { conditioning } = await b.run(
      conditioningImage,
      { conditioner: { kind: 'conditioner', conditioner: inpaint.conditioner }, latent, mask },
      {},
    );
    const part = conditioning.entries[0]?.parts.image;
    expect(part && 'concat' in part ? part.concat.dims : []).toEqual([1, 5, 8, 8]);
    const { denoiser } = await b.run(
      samplingUnet,
      { unet: { kind: 'unet', unet: inpaint.unet }, positive: conditioning },
      { guidance: 1 },
    );
    const call = { ops: b.ops, signal: new AbortController().signal };
    await denoiser.denoise(b.ops.full([1, 4, 8, 8], 0), 1, 0, call);
    expect(b.fake.calls.map(({ channels }) => channels)).toEqual([9]);
    const short = (
      await b.run(
        conditioningImage,
        { conditioner: { kind: 'conditioner', conditioner: inpaint.conditioner }, latent },
        {},
      )
    ).conditioning;
    const wrong = await b.run(
      samplingUnet,
      { unet: { kind: 'unet', unet: inpaint.unet }, positive: short },
      { guidance: 1 },
    );
    expect(await failure(wrong.denoiser.denoise(b.ops.full([1, 4, 8, 8], 0), 1, 0, call))).toMatchObject({
      code: 'bad-input',
    });
  });
});
