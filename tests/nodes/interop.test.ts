/** Nodes that graphs of other tools ask for: values worked out by hand. */
import { describe, expect, it } from 'vitest';
import type { ConditioningValue, ImageValue, LatentValue, MaskValue } from '@/engine/types';
import { conditioningArea } from '@/nodes/conditioning/area';
import { conditioningAverage } from '@/nodes/conditioning/average';
import { conditioningConcat } from '@/nodes/conditioning/concat';
import { conditioningText } from '@/nodes/conditioning/text';
import { conditioningZero } from '@/nodes/conditioning/zero';
import { firstStageEncodeInpaint } from '@/nodes/first-stage/encode-inpaint';
import { imageBatch } from '@/nodes/image/batch';
import { imageBlur } from '@/nodes/image/blur';
import { imageFromMask } from '@/nodes/image/from-mask';
import { imageInvert } from '@/nodes/image/invert';
import { imagePaste } from '@/nodes/image/paste';
import { imagePick } from '@/nodes/image/pick';
import { imageRepeat } from '@/nodes/image/repeat';
import { imageScaleBy } from '@/nodes/image/scale-by';
import { imageSharpen } from '@/nodes/image/sharpen';
import { imageSolid } from '@/nodes/image/solid';
import { imageTotalPixels } from '@/nodes/image/total-pixels';
import { latentNoise } from '@/nodes/latent/noise';
import { latentNoiseLike } from '@/nodes/latent/noise-like';
import { latentPaste } from '@/nodes/latent/paste';
import { latentRepeat } from '@/nodes/latent/repeat';
import { latentScaleBy } from '@/nodes/latent/scale-by';
import { areaShares } from '@/nodes/sampling/_areas';
import { samplingUnet } from '@/nodes/sampling/unet';
import { maskCombine } from '@/nodes/mask/combine';
import { maskCrop } from '@/nodes/mask/crop';
import { maskFeatherEdges } from '@/nodes/mask/feather-edges';
import { maskForLatent } from '@/nodes/mask/for-latent';
import { maskFromImage } from '@/nodes/mask/from-image';
import { maskSolid } from '@/nodes/mask/solid';
import { maskThreshold } from '@/nodes/mask/threshold';
import { bench, failure, floats } from './harness';

type Bench = ReturnType<typeof bench>;
const maskOf = (b: Bench, h: number, w: number, data: readonly number[]): MaskValue => ({
  kind: 'mask',
  mask: b.ops.from(Float32Array.from(data), [1, 1, h, w]),
});
const grey = (b: Bench, h: number, w: number, data: readonly number[]): ImageValue => ({
  kind: 'image',
  pixels: b.ops.from(Float32Array.from([...data, ...data, ...data]), [1, 3, h, w]),
});
const flat = (b: Bench, h: number, w: number, value: number, batch = 1): ImageValue => ({
  kind: 'image',
  pixels: b.ops.full([batch, 3, h, w], value),
});
const field = async (value: MaskValue): Promise<number[]> => [...(await floats(value.mask))];
const plane = async ({ pixels }: ImageValue): Promise<number[]> => {
  const [batch = 0, channels = 0, h = 0, w = 0] = pixels.dims;
  expect([batch, channels]).toEqual([1, 3]);
  return [...(await floats(pixels)).subarray(0, h * w)];
};
const latentOf = (b: Bench, h: number, w: number, value: number, batch = 1): LatentValue => {
  const { space } = b.fake.kl.unet;
  return { kind: 'latent', space, samples: b.ops.full([batch, space.channels, h, w], value) };
};
const firstCells = async (latent: LatentValue): Promise<number[]> => {
  const [, , h = 0, w = 0] = latent.samples.dims;
  return [...(await floats(latent.samples)).subarray(0, h * w)];
};
const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1e5) / 1e5);

describe('masks', () => {
  it('solid, cropped, hard, combined', async () => {
    const b = bench();
    const solid = await b.run(maskSolid, {}, { value: 0.25, width: 3, height: 2 });
    expect(solid.mask.mask.dims).toEqual([1, 1, 2, 3]);
    expect(await field(solid.mask)).toEqual(Array.from({ length: 6 }, () => 0.25));
    const mask = maskOf(b, 2, 3, [0, 0.25, 0.5, 0.75, 1, 0]);
    const cut = await b.run(maskCrop, { mask }, { x: 1, y: 0, width: 2, height: 2 });
    expect(await field(cut.mask)).toEqual([0.25, 0.5, 1, 0]);
    expect(await field((await b.run(maskThreshold, { mask }, { value: 0.5 })).mask)).toEqual([
      0, 0, 0, 1, 1, 0,
    ]);
    const a = maskOf(b, 2, 2, [1, 0.5, 0, 1]);
    const one = maskOf(b, 1, 1, [0.5]);
    const at = { x: 1, y: 0 };
    const combined = async (operation: 'multiply' | 'add' | 'subtract' | 'and' | 'or' | 'xor') =>
      (await field((await b.run(maskCombine, { a, b: one }, { operation, ...at })).mask))[1];
    expect(await combined('multiply')).toBe(0.25);
    expect(await combined('add')).toBe(1);
    expect(await combined('subtract')).toBe(0);
    expect(await combined('and')).toBe(1);
    expect(await combined('or')).toBe(1);
    expect(await combined('xor')).toBe(0);
    // Outside it nothing changes, and what sticks out is cut off.
    const out = await b.run(
      maskCombine,
      {
        a,
        b: maskOf(
          b,
          3,
          3,
          Array.from({ length: 9 }, () => 1),
        ),
      },
      { operation: 'subtract', x: 1, y: -1 },
    );
    expect(await field(out.mask)).toEqual([1, 0, 0, 0]);
  });
  it('fade towards the edges of the frame in straight ramps', async () => {
    const b = bench();
    const full = maskOf(b, 1, 5, [1, 1, 1, 1, 1]);
    const { mask } = await b.run(maskFeatherEdges, { mask: full }, { left: 2, right: 4 });
    expect(rounded(await field(mask))).toEqual([0.5, 1, 0.75, 0.5, 0.25]);
  });
  it('are brought to a latent in blocks, and the latent goes on beside them', async () => {
    const b = bench();
    const latent = latentOf(b, 2, 2, 3);
    const { factor } = latent.space;
    const made = await b.run(maskForLatent, { latent, mask: maskOf(b, 1, 2, [0, 1]) }, {});
    expect(made.latent.samples).toBe(latent.samples);
    expect(made.mask.mask.dims).toEqual([1, 1, 2 * factor, 2 * factor]);
    const values = await field(made.mask);
    expect(values.slice(0, 2 * factor)).toEqual([
      ...Array.from({ length: factor }, () => 0),
      ...Array.from({ length: factor }, () => 1),
    ]);
  });
  it('from and to a picture', async () => {
    const b = bench();
    const image: ImageValue = {
      kind: 'image',
      pixels: b.ops.from(Float32Array.from([-1, 1, 0, 0.5, -0.5, 1]), [1, 3, 1, 2]),
    };
    expect(await field((await b.run(maskFromImage, { image }, { channel: 'red' })).mask)).toEqual([0, 1]);
    expect(await field((await b.run(maskFromImage, { image }, { channel: 'blue' })).mask)).toEqual([0.25, 1]);
    const back = await b.run(imageFromMask, { mask: maskOf(b, 1, 2, [0, 0.75]) }, {});
    expect([...(await floats(back.image.pixels))]).toEqual([-1, 0.5, -1, 0.5, -1, 0.5]);
  });
});

describe('images', () => {
  it('inverted, solid, repeated, picked, batched', async () => {
    const b = bench();
    expect(await plane((await b.run(imageInvert, { image: grey(b, 1, 2, [1, -0.5]) }, {})).image)).toEqual([
      -1, 0.5,
    ]);
    const solid = await b.run(imageSolid, {}, { width: 1, height: 1, color: '#ff0080' });
    expect(rounded([...(await floats(solid.image.pixels))])).toEqual([1, -1, 0.00392]);
    const twice = await b.run(imageRepeat, { image: flat(b, 1, 1, 0.5) }, { count: 3 });
    expect(twice.image.pixels.dims).toEqual([3, 3, 1, 1]);
    const both = await b.run(
      imageBatch,
      { a: flat(b, 2, 2, 1), b: grey(b, 2, 4, [9, -1, -1, 9, 9, -1, -1, 9]) },
      {},
    );
    expect(both.image.pixels.dims).toEqual([2, 3, 2, 2]);
    const second = await b.run(imagePick, { image: both.image }, { index: 1 });
    // Cut in the middle, not squeezed.
    expect(await plane(second.picked)).toEqual([-1, -1, -1, -1]);
    expect(await failure(b.run(imagePick, { image: both.image }, { index: 2 }))).toMatchObject({
      code: 'invalid-param',
      place: { path: 'index' },
    });
  });
  it('scaled by a factor, or to a number of pixels in all', async () => {
    const b = bench();
    const by = await b.run(imageScaleBy, { image: flat(b, 4, 6, 0.5) }, { factor: 1.5 });
    expect(by.image.pixels.dims).toEqual([1, 3, 6, 9]);
    const total = await b.run(imageTotalPixels, { image: flat(b, 40, 10, 0) }, { megapixels: 0.01 });
    // √(10,485.76 / 400) = 5.12
    expect(total.image.pixels.dims).toEqual([1, 3, 205, 51]);
    const even = await b.run(
      imageTotalPixels,
      { image: flat(b, 40, 10, 0) },
      { megapixels: 0.01, multiple: 8 },
    );
    expect(even.image.pixels.dims).toEqual([1, 3, 208, 48]);
  });
  it('blurred and sharpened with mirrored edges', async () => {
    const b = bench();
    const image = grey(b, 1, 3, [0, 1, 0]);
    // Weights e^(−1/2), 1, e^(−1/2) over their sum.
    const middle = 1 / (1 + 2 * Math.exp(-0.5));
    const side = (1 - middle) / 2;
    const soft = await plane((await b.run(imageBlur, { image }, { radius: 1, sigma: 1 })).image);
    expect(rounded(soft)).toEqual(rounded([2 * side, middle, 2 * side]));
    const sharp = await plane(
      (await b.run(imageSharpen, { image: grey(b, 1, 3, [0, 0.1, 0]) }, { radius: 1, sigma: 1, amount: 0.1 }))
        .image,
    );
    expect(rounded(sharp)).toEqual(rounded([-0.2 * side, 0.1 + 0.1 * (1 - middle), -0.2 * side]));
    const even = await plane(
      (await b.run(imageSharpen, { image: grey(b, 1, 3, [0.5, 0.5, 0.5]) }, { radius: 5 })).image,
    );
    expect(rounded(even)).toEqual([0.5, 0.5, 0.5]);
  });
  it('pasted at a place, under a mask, cut off at the edge; beyond it nothing changes', async () => {
    const b = bench();
    const a = flat(b, 2, 3, -1);
    const piece = flat(b, 2, 2, 1);
    expect(await plane((await b.run(imagePaste, { a, b: piece }, { x: 2, y: 1 })).image)).toEqual([
      -1, -1, -1, -1, -1, 1,
    ]);
    expect(await plane((await b.run(imagePaste, { a, b: piece }, { x: -1, y: 0 })).image)).toEqual([
      1, -1, -1, 1, -1, -1,
    ]);
    expect(await plane((await b.run(imagePaste, { a, b: piece }, { x: 3, y: 0 })).image)).toEqual(
      Array.from({ length: 6 }, () => -1),
    );
    const half = await b.run(imagePaste, { a, b: piece, mask: maskOf(b, 1, 1, [0.25]) }, { resize: true });
    expect(await plane(half.image)).toEqual(Array.from({ length: 6 }, () => -0.5));
  });
});

describe('latents', () => {
  it('noise for a latent is the noise of that size and seed', async () => {
    const b = bench();
    const latent = latentOf(b, 8, 8, 0, 2);
    const like = await b.run(latentNoiseLike, { latent }, { seed: '42' });
    const plain = await b.run(
      latentNoise,
      { unet: { kind: 'unet', unet: b.fake.kl.unet } },
      { seed: '42', batch: 2, width: 8 * latent.space.factor, height: 8 * latent.space.factor },
    );
    expect(like.noise.seed).toBe(42n);
    expect(await floats(like.noise.samples)).toEqual(await floats(plain.noise.samples));
    const same = await b.run(latentNoiseLike, { latent }, { seed: '42', same: true });
    const values = await floats(same.noise.samples);
    expect(values.slice(0, values.length / 2)).toEqual(values.slice(values.length / 2));
  });
  it('repeated, and resized by a factor', async () => {
    const b = bench();
    const repeated = await b.run(latentRepeat, { latent: latentOf(b, 2, 2, 1, 2) }, { count: 2 });
    expect(repeated.latent.samples.dims[0]).toBe(4);
    const larger = await b.run(
      latentScaleBy,
      { latent: latentOf(b, 3, 5, 1) },
      { factor: 1.5, mode: 'nearest' },
    );
    expect(larger.latent.samples.dims.slice(2)).toEqual([5, 8]);
  });
  it('pasted with a ramp at the edges that lie inside', async () => {
    const b = bench();
    const { factor } = b.fake.kl.unet.space;
    const made = await b.run(
      latentPaste,
      { a: latentOf(b, 1, 4, 0), b: latentOf(b, 1, 3, 1) },
      { x: factor, feather: 2 * factor },
    );
    // One cell from the left: the left edge is inside, the right one is not.
    expect(await firstCells(made.latent)).toEqual([0, 0.5, 1, 1]);
    const masked = await b.run(
      latentPaste,
      { a: latentOf(b, 1, 2, 0), b: latentOf(b, 1, 2, 1), mask: maskOf(b, 1, 2, [0, 1]) },
      {},
    );
    expect(await firstCells(masked.latent)).toEqual([0, 1]);
  });
  it('encoding for inpainting paints the hole grey and grows the mask', async () => {
    const b = bench();
    const { firstStage } = b.fake.kl;
    const { factor } = firstStage.space;
    const side = 2 * factor;
    const hole = Array.from({ length: side * side }, (_, i) =>
      i === side * (factor - 1) + factor - 1 ? 1 : 0,
    );
    const made = await b.run(
      firstStageEncodeInpaint,
      {
        firstStage: { kind: 'first-stage', firstStage },
        image: flat(b, side, side, 0.5),
        mask: maskOf(b, side, side, hole),
      },
      { grow: 0 },
    );
    const whole = await firstStage.encode(flat(b, side, side, 0.5).pixels, {
      ops: b.ops,
      signal: new AbortController().signal,
    });
    expect(await floats(made.latent.samples)).not.toEqual(await floats(whole.mean));
    // The middle of a cell is sampled: a lone pixel at its corner is not seen until it is grown.
    expect(Math.max(...(await field(made.mask)))).toBe(0);
    const grown = await b.run(
      firstStageEncodeInpaint,
      {
        firstStage: { kind: 'first-stage', firstStage },
        image: flat(b, side, side, 0.5),
        mask: maskOf(b, side, side, hole),
      },
      { grow: 2 * factor },
    );
    expect(Math.min(...(await field(grown.mask)))).toBe(1);
  });
});

describe('conditions', () => {
  const text = async (b: Bench, words: string): Promise<ConditioningValue> =>
    (
      await b.run(
        conditioningText,
        { conditioner: { kind: 'conditioner', conditioner: b.fake.kl.conditioner } },
        { text: words },
      )
    ).conditioning;
  const contextOf = async (
    value: ConditioningValue,
  ): Promise<{ dims: readonly number[]; values: Float32Array }> => {
    const part = value.entries[0]?.parts.text;
    if (part?.part !== 'text') throw new Error('no text');
    return { dims: part.context.dims, values: await floats(part.context) };
  };
  it('joined, averaged, zeroed', async () => {
    const b = bench();
    const [one, other] = [await text(b, 'a red'), await text(b, 'a')];
    const [a, c] = [await contextOf(one), await contextOf(other)];
    const joined = await contextOf((await b.run(conditioningConcat, { a: one, b: other }, {})).conditioning);
    expect(joined.dims).toEqual([1, (a.dims[1] ?? 0) * 2, a.dims[2]]);
    expect([...joined.values]).toEqual([...a.values, ...c.values]);
    const mean = await contextOf(
      (await b.run(conditioningAverage, { a: one, b: other }, { weight: 0.25 })).conditioning,
    );
    for (const [at, value] of mean.values.entries())
      expect(value).toBeCloseTo(0.25 * (a.values[at] ?? 0) + 0.75 * (c.values[at] ?? 0), 5);
    const longer = (await b.run(conditioningConcat, { a: one, b: other }, {})).conditioning;
    const cut = await contextOf(
      (await b.run(conditioningAverage, { a: one, b: longer }, { weight: 0 })).conditioning,
    );
    expect([...cut.values]).toEqual([...a.values]);
    const zero = await contextOf((await b.run(conditioningZero, { conditioning: one }, {})).conditioning);
    expect(zero.dims).toEqual(a.dims);
    expect(zero.values.every((value) => value === 0)).toBe(true);
    const empty: ConditioningValue = { ...one, entries: [] };
    expect(await failure(b.run(conditioningConcat, { a: one, b: empty }, {}))).toMatchObject({
      code: 'bad-input',
    });
  });
  it('areas: shares are 1 together, feathered inside, by weight where none reaches', async () => {
    const b = bench();
    const area = { unit: 'fraction', x: 0, y: 0, width: 0.5, height: 1, strength: 1 } as const;
    const size = { height: 1, width: 32 };
    const [left, right] = areaShares(b.ops, [{ weight: 1, area }, { weight: 3 }], size, 8);
    if (!left || !right) throw new Error('no shares');
    const [one, other] = [await floats(left), await floats(right)];
    expect(one[0]).toBeCloseTo(1 / 4, 6);
    // Seven eighths of its weight in the last cell but six.
    expect(one[9]).toBeCloseTo(0.875 / 3.875, 6);
    expect(one[16]).toBe(0);
    for (const [cell, value] of one.entries()) expect(value + (other[cell] ?? 0)).toBeCloseTo(1, 6);
    const [alone] = areaShares(b.ops, [{ weight: 1, area: { ...area, unit: 'px', width: 64 } }], size, 8);
    expect([...(await floats(alone ?? left))]).toEqual(Array.from({ length: 32 }, () => 1));
  });
  it('an area changes the prediction inside it alone, and none changes nothing', async () => {
    const b = bench();
    const unet = { kind: 'unet', unet: b.fake.kl.unet } as const;
    const [one, other] = [await text(b, 'a red'), await text(b, 'a')];
    const half = { unit: 'fraction', x: 0, y: 0, width: 0.5, height: 1, strength: 1 } as const;
    const placed = (await b.run(conditioningArea, { conditioning: other }, half)).conditioning;
    const everywhere = (await b.run(conditioningArea, { conditioning: one }, {})).conditioning;
    const x = b.ops.noise([1, b.fake.kl.unet.space.channels, 8, 8], { seed: 1n, stream: 0 });
    const at = async (positive: ConditioningValue): Promise<Float32Array> => {
      const { denoiser } = await b.run(samplingUnet, { unet, positive }, { guidance: 3 });
      return floats(await denoiser.denoise(x, 1, 0, { ops: b.ops, signal: new AbortController().signal }));
    };
    const plain = await at(one);
    for (const [cell, value] of (await at(everywhere)).entries())
      expect(value).toBeCloseTo(plain[cell] ?? 0, 5);
    const mixed = await at({ ...one, entries: [...one.entries, ...placed.entries] });
    const row = [...mixed.subarray(0, 8)].map((value, cell) => Math.abs(value - (plain[cell] ?? 0)));
    expect(Math.max(...row.slice(4))).toBeLessThan(1e-5);
    expect(Math.max(...row.slice(0, 4))).toBeGreaterThan(1e-4);
  });
});
