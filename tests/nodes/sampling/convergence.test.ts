import { describe, expect, it } from 'vitest';
import { samplerNames, samplers, type SamplerName } from '@/nodes/sampling/_math/samplers';
import { exactDenoiser, gaussianFlow, logSpaced, referenceFlow, runExact } from './closed-form';

const mixture = [
  { weight: 0.4, mean: -1, deviation: 0.3 },
  { weight: 0.6, mean: 0.8, deviation: 0.5 },
];
const denoise = exactDenoiser(mixture);
/** Smooth part of the flow: both ends well inside, so that the asymptotic order shows. */
const from = 5;
const to = 0.2;
const starts = [-6.1, -2.3, 0.4, 3.9, 7.5];

/** Samplers with a deterministic form (η = 0), each with the order that its file states. */
const deterministic = samplerNames.flatMap((name) => {
  const { converges } = samplers[name];
  return converges === undefined ? [] : [{ name, converges }];
});

const average = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;

/** Least-squares slope of ln(error) against ln(h). */
function slope(points: readonly { h: number; error: number }[]): number {
  const xs = points.map(({ h }) => Math.log(h));
  const ys = points.map(({ error }) => Math.log(error));
  const [mx, my] = [average(xs), average(ys)];
  const top = xs.reduce((sum, x, i) => sum + (x - mx) * ((ys[i] ?? 0) - my), 0);
  return top / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}

const exact = starts.map((x) => referenceFlow(denoise, x, from, to));

async function measure(name: SamplerName, options: { eta?: number; order?: number } = {}): Promise<number> {
  const points = await Promise.all(
    [64, 128, 256, 512].map(async (n) => {
      const got = await runExact(name, Float64Array.from(starts), logSpaced(from, to, n), denoise, options);
      const error = Math.max(...exact.map((value, i) => Math.abs(value - (got[i] ?? Number.NaN))));
      return { h: 1 / n, error };
    }),
  );
  return slope(points);
}

describe('deterministic samplers converge to the exact probability-flow ODE at their order', () => {
  it('covers every sampler that has a deterministic form', () => {
    // DDPM, ER-SDE and LCM have no η: they are tested by their distribution alone. The inversion has its own test.
    const others = samplerNames.filter((name) => samplers[name].converges === undefined);
    expect(others).toEqual(['ddim-inverse', 'ddpm', 'er-sde', 'lcm']);
  });
  for (const { name, converges } of deterministic)
    it(`${name}: order ${converges}`, async () => {
      const measured = await measure(name, { eta: 0 });
      console.log(`slope ${name.padEnd(20)} theory ${converges}  measured ${measured.toFixed(3)}`);
      expect(measured).toBeGreaterThan(converges - 0.15);
    });
  it('plms on an even grid in σ: order 3, the improved Euler start being of local order 3', async () => {
    const points: { h: number; error: number }[] = [];
    for (const n of [64, 128, 256, 512]) {
      const sigmas = Float64Array.from({ length: n + 1 }, (_, i) => 3 + ((1 - 3) * i) / n);
      const got = await runExact('plms', Float64Array.from(starts), sigmas, denoise);
      const want = starts.map((x) => referenceFlow(denoise, x, 3, 1));
      points.push({ h: 1 / n, error: Math.max(...want.map((x, i) => Math.abs(x - (got[i] ?? Number.NaN)))) });
    }
    console.log(`slope plms, even grid      theory 3  measured ${slope(points).toFixed(3)}`);
    expect(slope(points)).toBeGreaterThan(2.85);
  });

  // Begun with steps of size h², the start does not cap the order; one more step follows, so that none is lowered.
  const full: [SamplerName, number, number][] = [
    ['lms', 4, 4],
    ['lms', 3, 3],
    ['deis', 3, 3],
    ['dpmpp-2m', 1, 2],
    // k-diffusion's curvature weight is half the exact one.
    ['dpmpp-3m-sde', 1, 2],
    // UniC raises the order of UniP by one (2302.04867, Theorem 3.1).
    ['unipc', 2, 3],
    ['unipc', 3, 4],
  ];
  for (const [name, order, wanted] of full) {
    it(`${name} (order option ${order}), finely started: order ${wanted}`, async () => {
      const points: { h: number; error: number }[] = [];
      for (const n of [32, 64, 128]) {
        const h = Math.log(from / to) / n;
        const levels = [0, 1, 2, 3].map((k) => k * h * h * 0.3);
        const rest = Math.log(from / to) - (levels.at(-1) ?? 0);
        for (let i = 1; i <= n; i++) levels.push((levels[3] ?? 0) + (rest * i) / n);
        const last = levels.length - 1;
        for (let i = 1; i <= 4; i++) levels.push(Math.log(from / to) + i * h);
        const sigmas = Float64Array.from(levels, (u) => from * Math.exp(-u));
        const got = await runExact(
          name,
          Float64Array.from(starts),
          sigmas,
          denoise,
          { eta: 0, order },
          { first: 0, last },
        );
        const error = Math.max(...exact.map((value, i) => Math.abs(value - (got[i] ?? Number.NaN))));
        points.push({ h, error });
      }
      console.log(
        `slope ${name} (${order}), finely started: theory ${wanted}  measured ${slope(points).toFixed(3)}`,
      );
      expect(slope(points)).toBeGreaterThan(wanted - 0.3);
    });
  }

  it('lms and deis of order 1 are first order', async () => {
    for (const name of ['lms', 'deis'] as const) {
      const measured = await measure(name, { order: 1 });
      expect(measured).toBeGreaterThan(0.85);
      expect(measured).toBeLessThan(1.15);
    }
  });
});

describe('one Gaussian has its flow in closed form', () => {
  const gaussian = [{ weight: 1, mean: 0.3, deviation: 0.7 }];
  it('the reference integrator agrees with it', () => {
    const denoiseOne = exactDenoiser(gaussian);
    for (const x of starts) {
      expect(referenceFlow(denoiseOne, x, 10, 0.05)).toBeCloseTo(gaussianFlow(x, 10, 0.05, 0.3, 0.7), 10);
    }
  });
  for (const { name } of deterministic) {
    it(`${name} with 400 steps to σ = 0`, async () => {
      const sigmas = Float64Array.from([...logSpaced(14, 0.002, 400), 0]);
      const got = await runExact(name, Float64Array.from(starts), sigmas, exactDenoiser(gaussian), {
        eta: 0,
      });
      for (const [i, x] of starts.entries()) {
        expect(Math.abs((got[i] ?? Number.NaN) - gaussianFlow(x, 14, 0, 0.3, 0.7))).toBeLessThan(0.03);
      }
    });
  }
});

describe('samplers that theory says are the same', () => {
  const sigmas = Float64Array.from([...logSpaced(12, 0.03, 30), 0]);
  const start = Float64Array.from(starts);
  it('DDIM in the ε form and Euler in the σ form, for every η', async () => {
    for (const eta of [0, 0.3, 1]) {
      const a = await runExact('ddim', start, sigmas, denoise, { eta });
      const b = await runExact('euler-ancestral', start, sigmas, denoise, { eta });
      for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i] ?? Number.NaN, 11);
    }
  });
  it('DDPM is DDIM at η = 1', async () => {
    const a = await runExact('ddpm', start, sigmas, denoise);
    const b = await runExact('ddim', start, sigmas, denoise, { eta: 1 });
    for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i] ?? Number.NaN, 11);
  });
  it('LMS and DEIS of order 1 are Euler; 2M SDE at η = 0 is 2M; ancestral samplers at η = 0 are their plain form', async () => {
    const pairs: [SamplerName, SamplerName, { eta?: number; order?: number }][] = [
      ['lms', 'euler', { order: 1 }],
      ['deis', 'euler', { order: 1 }],
      ['dpmpp-2m-sde', 'dpmpp-2m', { eta: 0 }],
      ['plms', 'euler', { order: 1 }],
      ['ipndm', 'euler', { order: 1 }],
      ['dpmpp-2m-sde-heun', 'res-multistep', { eta: 0 }],
      ['euler-cfgpp', 'euler', {}],
      ['dpmpp-2m-cfgpp', 'dpmpp-2m', {}],
      ['dpmpp-2s-ancestral-cfgpp', 'dpmpp-2s-ancestral', { eta: 0 }],
      ['dpm2-ancestral', 'dpm2', { eta: 0 }],
      ['euler-ancestral', 'euler', { eta: 0 }],
    ];
    for (const [one, other, options] of pairs) {
      const a = await runExact(one, start, sigmas, denoise, options);
      const b = await runExact(other, start, sigmas, denoise, options);
      for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i] ?? Number.NaN, 11);
    }
  });
});

describe('DDIM inverse', () => {
  it('brings back the noise that DDIM draws the latent from, the better the more steps', async () => {
    const errors: number[] = [];
    for (const n of [50, 100, 200, 400]) {
      const falling = Float64Array.from([...logSpaced(12, 0.01, n), 0]);
      const drawn = await runExact('ddim', Float64Array.from(starts), falling, denoise);
      const back = await runExact('ddim-inverse', drawn, falling.toReversed(), denoise);
      errors.push(Math.max(...starts.map((x, i) => Math.abs(x - (back[i] ?? Number.NaN)))));
    }
    console.log(`DDIM and its inverse at 50…400 steps: off by ${errors.map((e) => e.toFixed(3)).join(', ')}`);
    for (const [i, error] of errors.slice(1).entries()) expect(error).toBeLessThan((errors[i] ?? 0) * 0.7);
    expect(errors.at(-1)).toBeLessThan(0.15);
  });
});

describe('a Brownian path refines a picture', () => {
  const sdes = ['dpmpp-sde', 'dpmpp-2m-sde', 'dpmpp-2m-sde-heun', 'dpmpp-3m-sde', 'er-sde'] as const;
  const rms = (a: Float64Array, b: Float64Array): number =>
    Math.sqrt(a.reduce((sum, x, i) => sum + (x - (b[i] ?? Number.NaN)) ** 2, 0) / a.length);
  const starting = normalStart(2000, 20);
  for (const name of sdes) {
    it(`${name}: 20 and 40 steps draw nearly the same, another seed another`, async () => {
      const start = await starting;
      const at = (n: number, seed: bigint) =>
        runExact(
          name,
          start,
          Float64Array.from([...logSpaced(20, 0.02, n), 0]),
          denoise,
          {},
          { first: 0, last: n + 1 },
          seed,
        );
      const [coarse, fine, other] = await Promise.all([at(20, 5n), at(40, 5n), at(40, 6n)]);
      const change = rms(coarse, fine) / rms(fine, other);
      console.log(`${name}: 20 → 40 steps change ${change.toFixed(3)} of an unrelated sample's`);
      expect(change).toBeLessThan(0.3);
    });
  }
  it('Euler ancestral draws anew at every step, as everywhere', async () => {
    const start = await starting;
    const at = (n: number) =>
      runExact('euler-ancestral', start, Float64Array.from([...logSpaced(20, 0.02, n), 0]), denoise, {});
    expect(rms(await at(20), await at(40))).toBeGreaterThan(0.5);
  });
});

describe('stochastic samplers reach the right distribution', () => {
  const stochastic = samplerNames.filter((name) => samplers[name].stochastic && name !== 'lcm');
  /** 10,000 independent one-dimensional samplings at once. */
  const count = 10_000;
  for (const name of stochastic) {
    it(`${name}: mean and variance of a Gaussian`, async () => {
      const sigmas = Float64Array.from([...logSpaced(20, 0.01, 120), 0]);
      const start = await normalStart(count, 20);
      const got = await runExact(
        name,
        start,
        sigmas,
        exactDenoiser([{ weight: 1, mean: 0.5, deviation: 0.8 }]),
        { eta: 1 },
      );
      const { mean, variance } = moments(got);
      // Standard errors: 0.8/√10000 = 0.008 and 0.64·√(2/10000) = 0.009; four of them, and the step error.
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.035);
      expect(Math.abs(variance - 0.64)).toBeLessThan(0.045);
    });
    it(`${name}: mean, variance and weights of a mixture`, async () => {
      const sigmas = Float64Array.from([...logSpaced(20, 0.01, 120), 0]);
      const start = await normalStart(count, 20);
      const got = await runExact(name, start, sigmas, denoise, { eta: 1 });
      const { mean, variance } = moments(got);
      const wantMean = 0.4 * -1 + 0.6 * 0.8;
      const wantVariance = 0.4 * (0.09 + 1) + 0.6 * (0.25 + 0.64) - wantMean ** 2;
      expect(Math.abs(mean - wantMean)).toBeLessThan(0.045);
      expect(Math.abs(variance - wantVariance)).toBeLessThan(0.06);
    });
  }
  it('LCM with an exact consistency function draws from the data', async () => {
    const start = await normalStart(count, 20);
    const got = await runExact('lcm', start, Float64Array.from([20, 5, 1, 0]), consistency);
    const { mean, variance } = moments(got);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.035);
    expect(Math.abs(variance - 0.64)).toBeLessThan(0.045);
  });
});

/** For one Gaussian the consistency function is the closed-form flow to σ = 0. */
const consistency = (x: number, sigma: number): number => gaussianFlow(x, sigma, 0, 0.5, 0.8);

async function normalStart(count: number, sigma: number): Promise<Float64Array> {
  const { wideOps, valuesOf } = await import('./wide');
  return valuesOf(wideOps.noise([count], { seed: 99n, stream: 0 })).map((n) => n * sigma);
}

function moments(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length };
}
