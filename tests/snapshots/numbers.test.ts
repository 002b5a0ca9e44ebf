/** The inspector's numbers against NumPy's (vectors/make.py), to 1e-5. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pca, symmetricEigen } from '@/app/_snapshots/pca';
import {
  channelStats,
  codeUsage,
  difference,
  expectedNormal,
  histogram,
  normalDensity,
  rms,
  rowNorms,
  tensorStats,
} from '@/app/_snapshots/stats';

const numbers = z.array(z.number());
const floats = z
  .array(z.string().transform((text) => (text === 'inf' ? Infinity : Number(text))))
  .transform((list) => new Float32Array(list));
const stats = z.object({
  mean: z.number(),
  std: z.number(),
  min: z.number(),
  max: z.number(),
  nan: z.number(),
  infinite: z.number(),
});
const vectors = z
  .object({
    cases: z.record(
      z.string(),
      z.object({
        dims: numbers,
        data: floats,
        stats,
        channels: z.array(stats),
        histogram: numbers,
        histogramOfRange: z.object({ low: z.number(), high: z.number(), counts: numbers }),
        variances: numbers,
        components: z.array(numbers),
        scores: z.array(z.array(z.number().nullable())),
        rms: z.number(),
      }),
    ),
    difference: z.object({
      a: floats,
      b: floats,
      dims: numbers,
      meanAbsolute: z.number(),
      rms: z.number(),
      maxAbsolute: z.number(),
      at: numbers,
      cosine: z.number(),
      psnr: z.number(),
    }),
    norms: z.object({ data: floats, width: z.number(), norms: numbers }),
    eigen: z.array(z.object({ n: z.number(), matrix: numbers, values: numbers })),
    codes: z.object({ data: numbers, distinct: z.number(), perplexity: z.number() }),
  })
  .parse(JSON.parse(readFileSync(new URL('vectors/vectors.json', import.meta.url), 'utf8')));

const worst = (got: readonly (number | null)[], want: readonly (number | null)[]): number => {
  expect(got.length).toBe(want.length);
  return Math.max(
    0,
    ...got.map((x, i) => Math.abs((x ?? 0) - (want[i] ?? 0)) / Math.max(1, Math.abs(want[i] ?? 0))),
  );
};
const tolerance = 1e-5;

describe.each(Object.entries(vectors.cases))('%s', (_, vector) => {
  const grid = { dims: vector.dims, data: vector.data };

  it('mean, deviation, range and what is not finite', () => {
    const all = [{ got: tensorStats(grid), want: vector.stats }].concat(
      channelStats(grid, 0).map((got, i) => ({ got, want: vector.channels[i] ?? vector.stats })),
    );
    for (const { got, want } of all) {
      expect(
        worst([got.mean, got.std, got.min, got.max], [want.mean, want.std, want.min, want.max]),
      ).toBeLessThan(tolerance);
      expect([got.nan, got.infinite]).toEqual([want.nan, want.infinite]);
    }
    expect(Math.abs(rms(vector.data) - vector.rms)).toBeLessThan(tolerance);
  });

  it('histograms, bin for bin', () => {
    expect(histogram(vector.data, 32, -4, 4).counts).toEqual(vector.histogram);
    const { low, high, counts } = vector.histogramOfRange;
    expect(histogram(vector.data, counts.length, low, high).counts).toEqual(counts);
  });

  it('principal components, up to sign', () => {
    const found = pca(grid, 0);
    expect(worst(found.variances, vector.variances)).toBeLessThan(tolerance);
    for (const [k, component] of vector.components.entries()) {
      const mine = found.components[k] ?? [];
      const sign = mine.reduce((dot, x, i) => dot + x * (component[i] ?? 0), 0) < 0 ? -1 : 1;
      expect(
        worst(
          mine.map((x) => x * sign),
          component,
        ),
      ).toBeLessThan(tolerance);
      const scores = [...(found.scores[k] ?? [])].map((x) => (Number.isFinite(x) ? x * sign : null));
      const want = vector.scores[k] ?? [];
      expect(scores.map((x) => x === null)).toEqual(want.map((x) => x === null));
      expect(worst(scores, want)).toBeLessThan(tolerance);
    }
  });
});

describe('a planted NaN', () => {
  const vector = vectors.cases['planted-nan'];
  if (!vector) throw new Error('no such case');
  const grid = { dims: vector.dims, data: vector.data };
  it('is found with its channel and position', () => {
    expect(tensorStats(grid).firstBad).toEqual({ batch: 0, channel: 2, y: 3, x: 4 });
    expect(channelStats(grid, 1)[0]?.firstBad).toEqual({ batch: 1, channel: 0, y: 0, x: 0 });
    expect(channelStats(grid, 1)[1]).toMatchObject({ nan: 1, infinite: 0 });
    expect(channelStats(grid, 0)[0]?.firstBad).toBeNull();
  });
  it('a tensor of nothing but NaN has no numbers', () => {
    const empty = tensorStats({ dims: [1, 1, 1, 2], data: new Float32Array([Number.NaN, Number.NaN]) });
    expect(empty).toMatchObject({ mean: null, std: null, min: null, max: null, nan: 2 });
  });
});

describe('eigenvalues', () => {
  it.each(vectors.eigen)(
    'of a symmetric $n × $n matrix, and vectors that satisfy A·v = λ·v',
    ({ n, matrix, values }) => {
      const found = symmetricEigen(matrix, n);
      expect(worst(found.values, values)).toBeLessThan(1e-9);
      for (const [k, vector] of found.vectors.entries()) {
        const product = vector.map((_, i) =>
          vector.reduce((sum, x, j) => sum + (matrix[i * n + j] ?? 0) * x, 0),
        );
        expect(
          worst(
            product,
            vector.map((x) => x * (found.values[k] ?? 0)),
          ),
        ).toBeLessThan(1e-9);
        for (const [other, w] of found.vectors.entries())
          expect(
            Math.abs(vector.reduce((sum, x, i) => sum + x * (w[i] ?? 0), 0) - (k === other ? 1 : 0)),
          ).toBeLessThan(1e-9);
        expect(Math.max(...vector)).toBeCloseTo(Math.max(...vector.map(Math.abs)), 9);
      }
    },
  );
});

describe('differences, norms, codes', () => {
  it('are NumPy’s', () => {
    const want = vectors.difference;
    const got = difference({ dims: want.dims, data: want.a }, { dims: want.dims, data: want.b });
    expect(
      worst(
        [got.meanAbsolute, got.rms, got.maxAbsolute, got.cosine, got.psnr],
        [want.meanAbsolute, want.rms, want.maxAbsolute, want.cosine, want.psnr],
      ),
    ).toBeLessThan(tolerance);
    expect([got.at.batch, got.at.channel, got.at.y, got.at.x]).toEqual(want.at);
    expect(worst(rowNorms(vectors.norms.data, vectors.norms.width), vectors.norms.norms)).toBeLessThan(
      tolerance,
    );
    const usage = codeUsage(new Int32Array(vectors.codes.data));
    expect(usage.distinct).toBe(vectors.codes.distinct);
    expect(usage.perplexity).toBeCloseTo(vectors.codes.perplexity, 9);
  });
  it('equal tensors do not differ; other shapes are refused', () => {
    const a = { dims: [1, 1, 1, 2], data: new Float32Array([1, 2]) };
    expect(difference(a, a)).toMatchObject({ rms: 0, maxAbsolute: 0, psnr: Infinity });
    expect(difference(a, a).cosine).toBeCloseTo(1, 12);
    expect(() => difference(a, { dims: [1, 1, 2, 1], data: a.data })).toThrow(RangeError);
  });
  it('the normal curve sums to all values', () => {
    expect(normalDensity(0)).toBeCloseTo(0.3989422804, 9);
    const counted = histogram(new Float32Array(1000).fill(0.1), 200, -8, 8);
    expect(expectedNormal(counted).reduce((a, b) => a + b, 0)).toBeCloseTo(1000, 3);
  });
});
