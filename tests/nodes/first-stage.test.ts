import { describe, expect, it } from 'vitest';
import { firstStageDecode } from '@/nodes/first-stage/decode';
import { firstStageEncode } from '@/nodes/first-stage/encode';
import { firstStageLookUp } from '@/nodes/first-stage/look-up';
import { firstStageQuantise } from '@/nodes/first-stage/quantise';
import { modelFirstStage } from '@/nodes/model/first-stage';
import { modelPackage } from '@/nodes/model/package';
import { fakeCatalog } from './fake';
import { bench, failure, floats, rampImage } from './harness';

type Bench = ReturnType<typeof bench>;
const kl = (b: Bench) => ({ kind: 'first-stage', firstStage: b.fake.kl.firstStage }) as const;
const vq = (b: Bench) => ({ kind: 'first-stage', firstStage: b.fake.vq.firstStage }) as const;

describe('model/package and model/first-stage', () => {
  it('open a package and give its parts', async () => {
    const b = bench();
    const opened = await b.run(modelPackage, {}, { package: 'fake-kl' });
    expect(opened.unet.unet).toBe(b.fake.kl.unet);
    expect(opened.conditioner.conditioner.id).toBe('fake-conditioner');
    const only = await b.run(modelFirstStage, {}, { package: 'fake-vq' });
    expect(only.firstStage.firstStage.type).toBe('vq');
    expect(await failure(b.run(modelPackage, {}, { package: 'fake-vq' }))).toMatchObject({
      code: 'unsupported',
      place: { package: 'fake-vq' },
    });
    expect(await failure(b.run(modelPackage, {}, { package: 'nowhere' }))).toMatchObject({
      code: 'package-missing',
    });
  });
  it('take their port types from the catalogue and name the package for the cache key', () => {
    const catalog = fakeCatalog({ kl: 'k', vq: 'q' });
    const params = modelPackage.params.parse({ package: 'k' });
    expect(modelPackage.refine?.(params, catalog).unet?.fields['space']).toBe('fake-kl');
    expect(modelPackage.packages?.(params)).toEqual(['k']);
    expect(modelPackage.refine?.(modelPackage.params.parse({ package: 'unknown' }), catalog)).toEqual({});
    expect(modelFirstStage.refine?.({ package: 'q' }, catalog).firstStage?.fields['type']).toBe('vq');
    expect(modelFirstStage.packages?.({ package: 'q' })).toEqual(['q']);
  });
});

describe('first-stage/encode and first-stage/decode', () => {
  it('a mean, or a sample of the posterior that differs by its deviation and repeats by seed', async () => {
    const b = bench();
    const image = { kind: 'image', pixels: rampImage(b.ops, 64, 64) } as const;
    const mean = await floats(
      (await b.run(firstStageEncode, { firstStage: kl(b), image }, {})).latent.samples,
    );
    const draw = async (seed: string) =>
      floats(
        (await b.run(firstStageEncode, { firstStage: kl(b), image }, { take: 'sample', seed })).latent
          .samples,
      );
    const [one, again, other] = [await draw('1'), await draw('1'), await draw('2')];
    expect([...one]).toEqual([...again]);
    expect([...one]).not.toEqual([...other]);
    const squares = one.reduce((sum, x, i) => sum + (x - (mean[i] ?? 0)) ** 2, 0) / one.length;
    // The fake posterior's variance is 0.01; 256 draws.
    expect(Math.abs(squares - 0.01)).toBeLessThan(0.004);
  });
  it('an image whose sides are no multiples of the factor is refused with the numbers', async () => {
    const b = bench();
    for (const [h, w] of [
      [1, 1],
      [64, 60],
    ] as const) {
      const error = await failure(
        b.run(
          firstStageEncode,
          { firstStage: kl(b), image: { kind: 'image', pixels: b.ops.full([1, 3, h, w], 0) } },
          {},
        ),
      );
      expect(error).toMatchObject({ code: 'bad-input', place: { port: 'image' } });
      expect(error.message).toContain(`${w}×${h}`);
    }
  });
  it('decode gives an image of factor times the size and refuses another space', async () => {
    const b = bench();
    const image = { kind: 'image', pixels: b.ops.full([2, 3, 64, 32], 0.25) } as const;
    const { latent } = await b.run(firstStageEncode, { firstStage: kl(b), image }, {});
    const decoded = await b.run(firstStageDecode, { firstStage: kl(b), latent }, {});
    expect(decoded.image.pixels.dims).toEqual([2, 3, 64, 32]);
    expect((await floats(decoded.image.pixels))[0]).toBeCloseTo(0.25, 6);
    expect(await failure(b.run(firstStageDecode, { firstStage: vq(b), latent }, {}))).toMatchObject({
      place: { port: 'latent' },
    });
  });
});

describe('VQ codes', () => {
  it('codes are the nearest entries; looking up gives the entries; quantising twice changes nothing', async () => {
    const b = bench();
    const image = { kind: 'image', pixels: rampImage(b.ops, 64, 64) } as const;
    const { latent } = await b.run(firstStageEncode, { firstStage: vq(b), image }, {});
    const made = await b.run(firstStageQuantise, { firstStage: vq(b), latent }, {});
    expect([made.codes.codes.dtype, made.codes.codes.dims]).toEqual(['int32', [1, 8, 8]]);
    const codes = await made.codes.codes.read();
    const { vectors = new Float32Array() } = b.fake.vq.firstStage.codebook ?? {};
    const z = await floats(latent.samples);
    for (let i = 0; i < 64; i++) {
      const distance = (e: number): number =>
        [0, 1, 2, 3].reduce((sum, c) => sum + ((z[c * 64 + i] ?? 0) - (vectors[e * 4 + c] ?? 0)) ** 2, 0);
      const all = Array.from({ length: 16 }, (_, e) => distance(e));
      expect(distance(Number(codes[i]))).toBeCloseTo(Math.min(...all), 5);
    }
    const back = await b.run(firstStageLookUp, { firstStage: vq(b), codes: made.codes }, {});
    expect([...(await floats(back.latent.samples))]).toEqual([...(await floats(made.latent.samples))]);
    const quantised = await b.run(firstStageEncode, { firstStage: vq(b), image }, { quantise: true });
    expect([...(await floats(quantised.latent.samples))]).toEqual([...(await floats(made.latent.samples))]);
  });
  it('refuses a KL first stage and codes outside the codebook', async () => {
    const b = bench();
    const latent = {
      kind: 'latent',
      space: b.fake.kl.firstStage.space,
      samples: b.ops.full([1, 4, 2, 2], 0),
    } as const;
    expect(await failure(b.run(firstStageQuantise, { firstStage: kl(b), latent }, {}))).toMatchObject({
      place: { port: 'firstStage' },
    });
    const codes = {
      kind: 'codes',
      space: b.fake.vq.firstStage.space,
      codes: b.ops.from(Int32Array.of(0, 16), [1, 1, 2]),
    } as const;
    expect(await failure(b.run(firstStageLookUp, { firstStage: vq(b), codes }, {}))).toMatchObject({
      place: { port: 'codes' },
    });
  });
});
