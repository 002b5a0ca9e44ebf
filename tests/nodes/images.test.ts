import { describe, expect, it } from 'vitest';
import type { ImageValue, MaskValue } from '@/engine/types';
import { imageCompare } from '@/nodes/image/compare';
import { imageComposite } from '@/nodes/image/composite';
import { imageCrop } from '@/nodes/image/crop';
import { imageDifference } from '@/nodes/image/difference';
import { imageGrid } from '@/nodes/image/grid';
import { imageLoad } from '@/nodes/image/load';
import { imageOutput } from '@/nodes/image/output';
import { imagePad } from '@/nodes/image/pad';
import { imageResize } from '@/nodes/image/resize';
import { imageSemanticMap } from '@/nodes/image/semantic-map';
import { maskFeather } from '@/nodes/mask/feather';
import { maskFill } from '@/nodes/mask/fill';
import { maskFromMap } from '@/nodes/mask/from-map';
import { maskGrow } from '@/nodes/mask/grow';
import { maskInvert } from '@/nodes/mask/invert';
import { maskLoad } from '@/nodes/mask/load';
import { utilityShowText } from '@/nodes/utility/show-text';
import { labels } from './fake';
import { bench, failure, floats, pngUrl, rampImage } from './harness';

type Bench = ReturnType<typeof bench>;
const flat = (b: Bench, h: number, w: number, value: number, batch = 1): ImageValue => ({
  kind: 'image',
  pixels: b.ops.full([batch, 3, h, w], value),
});
const maskOf = (b: Bench, h: number, w: number, data: readonly number[]): MaskValue => ({
  kind: 'mask',
  mask: b.ops.from(Float32Array.from(data), [1, 1, h, w]),
});
const pixels = async (image: ImageValue): Promise<number[]> => [...(await floats(image.pixels))];
const field = async (mask: MaskValue): Promise<number[]> => [...(await floats(mask.mask))];
const conditionerOf = (b: Bench) => ({ kind: 'conditioner', conditioner: b.fake.kl.conditioner }) as const;

describe('image/load', () => {
  it('0 and 255 become −1 and 1; transparency becomes the mask and shows the background', async () => {
    const b = bench();
    const source = pngUrl(2, 1, 4, [255, 0, 0, 255, 0, 0, 0, 0]);
    const { image, mask } = await b.run(imageLoad, {}, { source });
    expect(image.pixels.dims).toEqual([1, 3, 1, 2]);
    expect(await pixels(image)).toEqual([1, 1, -1, 1, -1, 1]);
    expect(await field(mask)).toEqual([0, 1]);
    const kept = await b.run(imageLoad, {}, { source, background: 'keep' });
    expect(await pixels(kept.image)).toEqual([1, -1, -1, -1, -1, -1]);
  });
  it('a 1-pixel picture loads; none, a non-picture, a lost file and a huge one are refused by name', async () => {
    const b = bench();
    const { image } = await b.run(imageLoad, {}, { source: pngUrl(1, 1, 3, [128, 128, 128]) });
    expect(image.pixels.dims).toEqual([1, 3, 1, 1]);
    expect(await failure(b.run(imageLoad, {}, {}))).toMatchObject({
      code: 'invalid-param',
      place: { path: 'source' },
    });
    expect(await failure(b.run(imageLoad, {}, { source: 'data:text/plain;base64,aGVsbG8=' }))).toMatchObject({
      code: 'bad-input',
    });
    expect(await failure(b.run(imageLoad, {}, { source: 'f'.repeat(64) }))).toMatchObject({
      code: 'file-missing',
    });
    const huge = bench();
    const runtime = {
      decode: () => Promise.resolve({ width: 10_000, height: 10_000, rgba: new Uint8Array() }),
      decodeIndices: () => Promise.reject(new Error()),
    };
    const error = await failure(
      imageLoad.run({
        inputs: {},
        params: imageLoad.params.parse({ source: 'data:,x' }),
        runtime: {
          backend: 'wasm',
          precision: 'fp32',
          ops: huge.ops,
          models: huge.fake.source,
          images: runtime,
          assets: { read: () => Promise.resolve(new Uint8Array()) },
        },
        signal: new AbortController().signal,
        progress: () => {},
        preview: () => {},
      }),
    );
    expect(error).toMatchObject({ code: 'too-large', place: { path: 'source' } });
  });
});

/** Row y of the first channel, 4 wide, in twelfths. */
const row = (values: number[], y: number): number[] =>
  values.slice(y * 4, y * 4 + 4).map((x) => Math.round(x * 12));

describe('image/resize, image/crop, image/pad', () => {
  it('resize: stretch, cover and contain give the size asked for', async () => {
    const b = bench();
    const image = flat(b, 10, 20, 0.5);
    for (const fit of ['stretch', 'cover', 'contain'] as const) {
      const { resized } = await b.run(imageResize, { image }, { width: 7, height: 9, fit });
      expect(resized.pixels.dims).toEqual([1, 3, 9, 7]);
    }
    const { resized } = await b.run(imageResize, { image }, { width: 20, height: 20, fit: 'contain' });
    const got = await pixels(resized);
    expect([got[0], got[20 * 10]]).toEqual([0, 0.5]);
    // A single pixel grows to a flat field.
    const { resized: grown } = await b.run(
      imageResize,
      { image: flat(b, 1, 1, -0.25) },
      { width: 8, height: 8, mode: 'bicubic' },
    );
    expect(new Set((await pixels(grown)).map((x) => Math.round(x * 1e5)))).toEqual(new Set([-25_000]));
  });
  it('crop refuses a window that sticks out', async () => {
    const b = bench();
    const image: ImageValue = { kind: 'image', pixels: rampImage(b.ops, 6, 8) };
    const { cropped } = await b.run(imageCrop, { image }, { x: 2, y: 1, width: 3, height: 4 });
    expect(cropped.pixels.dims).toEqual([1, 3, 4, 3]);
    expect((await pixels(cropped))[0]).toBe((await pixels(image))[8 + 2]);
    expect(await failure(b.run(imageCrop, { image }, { x: 6, width: 3, height: 4 }))).toMatchObject({
      code: 'invalid-param',
      place: { path: 'width' },
    });
  });
  it('pad: edge pixels repeat, the mask is 1 in the margin and reaches over by the overlap', async () => {
    const b = bench();
    const image: ImageValue = {
      kind: 'image',
      pixels: b.ops.from(
        Float32Array.from({ length: 12 }, (_, i) => i / 12),
        [1, 3, 2, 2],
      ),
    };
    const { padded, mask } = await b.run(imagePad, { image }, { right: 2, bottom: 1, overlap: 1 });
    expect(padded.pixels.dims).toEqual([1, 3, 3, 4]);
    const got = await pixels(padded);
    expect([row(got, 0), row(got, 1), row(got, 2)]).toEqual([
      [0, 1, 1, 1],
      [2, 3, 3, 3],
      [2, 3, 3, 3],
    ]);
    expect(await field(mask)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    const { padded: white } = await b.run(imagePad, { image }, { top: 1, fill: 'white' });
    expect((await pixels(white)).slice(0, 2)).toEqual([1, 1]);
  });
});

describe('two images', () => {
  it('composite, compare and difference', async () => {
    const b = bench();
    const [black, white] = [flat(b, 2, 2, -1), flat(b, 2, 2, 1)];
    const { image: pasted } = await b.run(
      imageComposite,
      { a: black, b: white, mask: maskOf(b, 2, 2, [0, 1, 0.5, 0]) },
      {},
    );
    expect((await pixels(pasted)).slice(0, 4)).toEqual([-1, 1, 0, -1]);
    // One picture under two masks is two pictures.
    const masks = {
      kind: 'mask',
      mask: b.ops.from(Float32Array.of(1, 0, 0, 0, 0, 0, 0, 1), [2, 1, 2, 2]),
    } as const;
    const { image: twice } = await b.run(imageComposite, { a: black, b: white, mask: masks }, {});
    expect(twice.pixels.dims).toEqual([2, 3, 2, 2]);
    expect((await pixels(twice)).filter((_, i) => i % 12 < 4)).toEqual([1, -1, -1, -1, -1, -1, -1, 1]);
    const { image: split } = await b.run(imageCompare, { a: black, b: white }, { split: 0.5 });
    expect((await pixels(split)).slice(0, 4)).toEqual([-1, 1, -1, 1]);
    for (const end of [0, 1]) {
      const { image } = await b.run(imageCompare, { a: black, b: white }, { split: end });
      expect(new Set(await pixels(image))).toEqual(new Set([end === 0 ? 1 : -1]));
    }
    const { image: error, figures } = await b.run(
      imageDifference,
      { a: black, b: flat(b, 2, 2, -0.8) },
      { gain: 5 },
    );
    expect((await pixels(error))[0]).toBeCloseTo(0, 5);
    // A tenth of the range everywhere: 20 dB.
    expect(figures.text).toContain('PSNR 20.00 dB');
    const same = await b.run(imageDifference, { a: black, b: black }, {});
    expect(same.figures.text).toContain('identical');
    expect(await failure(b.run(imageCompare, { a: black, b: flat(b, 2, 3, 0) }, {}))).toMatchObject({
      place: { port: 'b' },
    });
  });
});

describe('image/grid', () => {
  it('lays batches out row by row with labels beneath', async () => {
    const b = bench();
    const { image } = await b.run(
      imageGrid,
      { a: flat(b, 20, 40, -1, 3), b: flat(b, 20, 40, 0) },
      { columns: 2, gap: 2, labels: 'one\ntwo' },
    );
    const strip = 8 + 4;
    expect(image.pixels.dims).toEqual([1, 3, 2 + 2 * (20 + strip + 2), 2 + 2 * (40 + 2)]);
    const got = await pixels(image);
    const width = 86;
    const at = (y: number, x: number) => got[y * width + x];
    expect([at(0, 0), at(2, 2), at(2 + 20 + strip + 2, 2), at(2 + 20 + strip + 2, 2 + 42)]).toEqual([
      1, -1, -1, 0,
    ]);
    // Some ink under the first picture, none under the third.
    const ink = (top: number) =>
      got.slice(top * width, (top + strip) * width).filter((value) => value === -1).length;
    expect(ink(22)).toBeGreaterThan(10);
    expect(ink(2 + 20 + strip + 2 + 20)).toBe(0);
    const bare = await b.run(imageGrid, { a: flat(b, 20, 40, 0) }, { columns: 3, gap: 0 });
    expect(bare.image.pixels.dims).toEqual([1, 3, 20, 40]);
  });
  it('draws the letters it is told', async () => {
    const b = bench();
    const { image } = await b.run(imageGrid, { a: flat(b, 8, 30, 1) }, { gap: 0, labels: 'HI' });
    const got = await pixels(image);
    const rows = Array.from({ length: 7 }, (_, y) =>
      got
        .slice((8 + 2 + y) * 30 + 9, (8 + 2 + y) * 30 + 20)
        .map((value) => (value < 0 ? '#' : '.'))
        .join(''),
    );
    expect(rows).toEqual([
      '#...#..###.',
      '#...#...#..',
      '#...#...#..',
      '#####...#..',
      '#...#...#..',
      '#...#...#..',
      '#...#..###.',
    ]);
  });
  it('refuses different sizes and grids beyond the limit', async () => {
    const b = bench();
    expect(await failure(b.run(imageGrid, { a: flat(b, 2, 2, 0), b: flat(b, 3, 2, 0) }, {}))).toMatchObject({
      code: 'bad-input',
    });
    expect(
      await failure(b.run(imageGrid, { a: flat(b, 1, 4096, 0, 64) }, { columns: 64, gap: 64 })),
    ).toMatchObject({ code: 'too-large' });
  });
});

describe('semantic maps and masks', () => {
  it('a painted map is read as indices; a label beyond the set is refused; none is empty', async () => {
    const b = bench();
    const { map } = await b.run(
      imageSemanticMap,
      { conditioner: conditionerOf(b) },
      { map: pngUrl(3, 1, 1, [0, 2, 9]) },
    );
    expect([map.map.dtype, map.map.dims]).toEqual(['uint8', [1, 1, 3]]);
    expect(Array.from(await map.map.read(), Number)).toEqual([0, 2, 9]);
    expect(
      await failure(
        b.run(imageSemanticMap, { conditioner: conditionerOf(b) }, { map: pngUrl(1, 1, 1, [10]) }),
      ),
    ).toMatchObject({ place: { path: 'map' } });
    expect(
      await failure(
        b.run(imageSemanticMap, { conditioner: conditionerOf(b) }, { map: pngUrl(1, 1, 3, [1, 2, 3]) }),
      ),
    ).toMatchObject({ code: 'bad-input' });
    const empty = await b.run(imageSemanticMap, { conditioner: conditionerOf(b) }, {});
    expect(new Set(Array.from(await empty.map.map.read(), Number))).toEqual(new Set([0]));
  });
  it('mask/load understands both conventions, by brightness and by alpha', async () => {
    const b = bench();
    const grey = pngUrl(3, 1, 1, [0, 128, 255]);
    const white = await field((await b.run(maskLoad, {}, { source: grey })).mask);
    expect(white.map((x) => Math.round(x * 255))).toEqual([0, 128, 255]);
    const keeps = await field((await b.run(maskLoad, {}, { source: grey, convention: 'white-keeps' })).mask);
    expect(keeps.map((x) => Math.round(x * 255))).toEqual([255, 127, 0]);
    const alpha = await b.run(
      maskLoad,
      {},
      { source: pngUrl(2, 1, 4, [9, 9, 9, 255, 9, 9, 9, 0]), channel: 'alpha' },
    );
    expect(await field(alpha.mask)).toEqual([1, 0]);
  });
  it('mask/from-map selects labels by name', async () => {
    const b = bench();
    const map = {
      kind: 'semantic-map',
      labels,
      map: b.ops.from(Uint8Array.of(0, 2, 3, 1), [1, 2, 2]),
    } as const;
    expect(await field((await b.run(maskFromMap, { map }, { labels: 'hair, skin' })).mask)).toEqual([
      0, 1, 1, 0,
    ]);
    const error = await failure(b.run(maskFromMap, { map }, { labels: 'tail' }));
    expect(error).toMatchObject({ code: 'invalid-param', place: { path: 'labels' } });
    expect(error.extra.fix).toContain('hair');
  });
  it('grow, shrink, feather, invert and rectangle', async () => {
    const b = bench();
    const dot = maskOf(
      b,
      5,
      5,
      Array.from({ length: 25 }, (_, i) => (i === 12 ? 1 : 0)),
    );
    const grown = (await b.run(maskGrow, { mask: dot }, { pixels: 1 })).mask;
    expect((await field(grown)).filter((x) => x === 1).length).toBe(9);
    expect(await field((await b.run(maskGrow, { mask: grown }, { pixels: -1 })).mask)).toEqual(
      await field(dot),
    );
    const soft = await field((await b.run(maskFeather, { mask: grown }, { radius: 1 })).mask);
    expect(soft[12]).toBeLessThan(1);
    expect(soft[12]).toBeGreaterThan(soft[10] ?? 1);
    const whole = (await b.run(maskFill, { image: flat(b, 4, 4, 0) }, {})).mask;
    expect(new Set(await field((await b.run(maskFeather, { mask: whole }, { radius: 2 })).mask)).size).toBe(
      1,
    );
    expect(await field((await b.run(maskFeather, { mask: dot }, { radius: 0 })).mask)).toEqual(
      await field(dot),
    );
    expect(
      (await field((await b.run(maskInvert, { mask: dot }, {})).mask)).filter((x) => x === 1).length,
    ).toBe(24);
    const corner = await field(
      (await b.run(maskFill, { image: flat(b, 4, 4, 0) }, { right: 0.5, bottom: 0.25 })).mask,
    );
    expect(corner.slice(0, 5)).toEqual([1, 1, 0, 0, 0]);
    const inverted = await field(
      (await b.run(maskFill, { image: flat(b, 2, 2, 0) }, { left: 0.9, right: 0.1 })).mask,
    );
    expect(inverted).toEqual([0, 0, 0, 0]);
  });
});

describe('sinks', () => {
  it('put nothing out', async () => {
    const b = bench();
    expect(await b.run(imageOutput, { image: flat(b, 1, 1, 0) }, {})).toEqual({});
    expect(await b.run(utilityShowText, { text: { kind: 'text', text: 'x' } }, {})).toEqual({});
    expect([imageOutput.sink, utilityShowText.sink, imageCompare.sink]).toEqual([true, true, true]);
  });
});
