import { describe, expect, it } from 'vitest';
import type { LatentValue, MaskValue } from '@/engine/types';
import { trainedSigmas } from '@/nodes/sampling/_math/noise-levels';
import { samplerNames, samplers } from '@/nodes/sampling/_math/samplers';
import { samplingSampler } from '@/nodes/sampling/sampler';
import { samplingSchedule } from '@/nodes/sampling/schedule';
import { samplingUnet } from '@/nodes/sampling/unet';
import { latentNoise } from '@/nodes/latent/noise';
import { latentAddNoise } from '@/nodes/latent/add-noise';
import { noiseData } from '@/engine/tensor/noise';
import { bench, failure, floats } from '../harness';

type Bench = ReturnType<typeof bench>;
/** Samplers that walk from noise; the inversion walks the other way. */
const falling = samplerNames.filter((name) => !samplers[name].rising);

async function parts(b: Bench, noiseParams: { seed?: string; batch?: number } = {}) {
  const unet = { kind: 'unet', unet: b.fake.kl.unet } as const;
  const { denoiser } = await b.run(samplingUnet, { unet }, { guidance: 1 });
  const { noise } = await b.run(latentNoise, { unet }, { seed: '7', ...noiseParams });
  return { unet, denoiser, noise };
}

const picture = (b: Bench): LatentValue => ({
  kind: 'latent',
  space: b.fake.kl.unet.space,
  samples: b.ops.from(
    Float32Array.from({ length: 4 * 64 }, (_, i) => Math.cos(i * 0.3)),
    [1, 4, 8, 8],
  ),
});
const mask = (b: Bench, value: (x: number) => number): MaskValue => ({
  kind: 'mask',
  mask: b.ops.from(
    Float32Array.from({ length: 64 * 64 }, (_, i) => value(i % 64)),
    [1, 1, 64, 64],
  ),
});
const largest = (a: Float32Array, c: Float32Array): number =>
  Math.max(...a.map((x, i) => Math.abs(x - (c[i] ?? Number.NaN))));

describe('strength and masks at their ends', () => {
  it('strength 0 returns the picture itself', async () => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    const latent = picture(b);
    const out = await b.run(samplingSampler, { denoiser, noise, latent }, { strength: 0 });
    expect(largest(await floats(out.latent.samples), await floats(latent.samples))).toBe(0);
    expect(b.fake.calls.length).toBe(0);
  });
  it('strength 1 equals plain sampling, whatever the picture', async () => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    const plain = await b.run(samplingSampler, { denoiser, noise }, { steps: 6 });
    const from = await b.run(
      samplingSampler,
      { denoiser, noise, latent: picture(b) },
      { steps: 6, strength: 1 },
    );
    expect(largest(await floats(plain.latent.samples), await floats(from.latent.samples))).toBe(0);
  });
  it('strength 0.5 of 8 steps makes 4 calls from the middle of the schedule', async () => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    await b.run(samplingSampler, { denoiser, noise, latent: picture(b) }, { steps: 8, strength: 0.5 });
    expect(b.fake.calls.map(({ timestep }) => timestep)).toEqual([499, 374, 249, 124]);
  });
  for (const sampler of falling) {
    it(`${sampler}: a mask of zeros returns the picture, a mask of ones equals plain sampling`, async () => {
      const b = bench();
      const { denoiser, noise } = await parts(b);
      const latent = picture(b);
      const plain = await b.run(samplingSampler, { denoiser, noise }, { sampler, steps: 5 });
      const kept = await b.run(
        samplingSampler,
        { denoiser, noise, latent, mask: mask(b, () => 0) },
        { sampler, steps: 5 },
      );
      const anew = await b.run(
        samplingSampler,
        { denoiser, noise, latent, mask: mask(b, () => 1) },
        { sampler, steps: 5 },
      );
      expect(largest(await floats(kept.latent.samples), await floats(latent.samples))).toBe(0);
      expect(largest(await floats(anew.latent.samples), await floats(plain.latent.samples))).toBe(0);
    });
  }
  it('half a mask keeps exactly that half, with and without RePaint jumps', async () => {
    for (const resamplings of [1, 3]) {
      const b = bench();
      const { denoiser, noise } = await parts(b);
      const latent = picture(b);
      const half = mask(b, (x) => (x < 32 ? 0 : 1));
      const out = await b.run(
        samplingSampler,
        { denoiser, noise, latent, mask: half },
        { steps: 8, sampler: 'ddpm', resamplings, jumpLength: 2 },
      );
      const got = await floats(out.latent.samples);
      const want = await floats(latent.samples);
      expect(got.filter((_, i) => i % 8 < 4)).toEqual(want.filter((_, i) => i % 8 < 4));
      expect(got.some((value, i) => i % 8 >= 4 && Math.abs(value - (want[i] ?? 0)) > 0.01)).toBe(true);
      // 8 steps in segments of 2: the last segment ends at σ = 0 and is not repeated.
      expect(b.fake.calls.length).toBe(resamplings === 1 ? 8 : 6 * 3 + 2);
      expect(b.log.progress.at(-1)).toEqual({
        done: b.fake.calls.length,
        total: b.fake.calls.length,
        unit: 'steps',
      });
    }
  });
  it('RePaint redraws from the same distribution as plain sampling', async () => {
    const moments: { mean: number; deviation: number }[] = [];
    for (const resamplings of [1, 2]) {
      const b = bench();
      const { denoiser, noise } = await parts(b, { batch: 40 });
      const out = await b.run(
        samplingSampler,
        { denoiser, noise, latent: picture(b), mask: mask(b, (x) => (x < 32 ? 0 : 1)) },
        { steps: 60, sampler: 'ddpm', resamplings, jumpLength: 5 },
      );
      const drawn = (await floats(out.latent.samples)).filter((_, i) => i % 8 >= 4);
      const mean = drawn.reduce((a, x) => a + x, 0) / drawn.length;
      moments.push({
        mean,
        deviation: Math.sqrt(drawn.reduce((a, x) => a + (x - mean) ** 2, 0) / drawn.length),
      });
    }
    const [plain, jumped] = moments;
    expect(Math.abs(jumped?.mean ?? 1)).toBeLessThan(0.03);
    // 60 steps even in t leave DDPM's variance a little small; the jumps must not change that.
    expect(Math.abs((jumped?.deviation ?? 1) - (plain?.deviation ?? 0))).toBeLessThan(0.02);
    expect(Math.abs((jumped?.deviation ?? 1) - 0.4)).toBeLessThan(0.08);
  });
});

describe('stopping and going on', () => {
  for (const sampler of falling) {
    it(`${sampler}: 3 of 8 steps, then the rest, equal the whole run`, async () => {
      const b = bench();
      const { denoiser, noise } = await parts(b);
      const whole = await b.run(samplingSampler, { denoiser, noise }, { sampler, steps: 8 });
      const first = await b.run(samplingSampler, { denoiser, noise }, { sampler, steps: 8, endStep: 3 });
      expect(first.latent.noisy?.sigma).toBeGreaterThan(0);
      const rest = await b.run(
        samplingSampler,
        { denoiser, noise, latent: first.latent },
        { sampler, steps: 8 },
      );
      expect(rest.latent.noisy).toBeUndefined();
      expect(largest(await floats(rest.latent.samples), await floats(whole.latent.samples))).toBeLessThan(
        2e-6,
      );
    });
  }
  it('another sampler and schedule take over at the level where the first stopped', async () => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    const first = await b.run(samplingSampler, { denoiser, noise }, { steps: 8, endStep: 3 });
    const rest = await b.run(
      samplingSampler,
      { denoiser, noise, latent: first.latent },
      { sampler: 'dpmpp-2m', schedule: 'karras', steps: 12 },
      { trace: true },
    );
    expect(b.log.steps[0]?.sigma).toBeCloseTo(first.latent.noisy?.sigma ?? 0, 9);
    expect(rest.latent.noisy).toBeUndefined();
  });
  it('a latent noised to step t is sampled from there', async () => {
    const b = bench();
    const { unet, denoiser, noise } = await parts(b);
    const noised = await b.run(latentAddNoise, { unet, latent: picture(b), noise }, { timestep: 499 });
    await b.run(samplingSampler, { denoiser, noise, latent: noised.latent }, { steps: 8 });
    expect(b.fake.calls.map(({ timestep }) => timestep)).toEqual([499, 374, 249, 124]);
  });
});

describe('strength and version', () => {
  const calls = async (steps: number, strength: number): Promise<number> => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    await b.run(samplingSampler, { denoiser, noise, latent: picture(b) }, { steps, strength });
    return b.fake.calls.length;
  };
  it('takes int(strength · steps), so that below 1 is never all', async () => {
    expect(await calls(20, 0.99)).toBe(19);
    expect(await calls(20, 0.13)).toBe(2);
    expect(await calls(20, 0.5)).toBe(10);
    expect(await calls(20, 0.04)).toBe(0);
  });
  it('a graph of version 1 takes as many steps as it took', () => {
    const up = samplingSampler.migrate?.[1];
    for (const steps of [1, 7, 20, 30, 99]) {
      for (let percent = 0; percent <= 100; percent++) {
        const { strength } = samplingSampler.params.parse(up?.({ steps, strength: percent / 100 }));
        const now = strength === 1 ? steps : Math.floor(strength * steps);
        expect(now, `${percent} % of ${steps}`).toBe(Math.round((percent / 100) * steps));
      }
    }
    expect(up?.({ sampler: 'unipc', order: 0 })).toMatchObject({ order: 3 });
    expect(up?.({ sampler: 'unipc', order: 2 })).toMatchObject({ order: 2 });
    expect(up?.({})).toEqual({ sampler: 'ddim', schedule: 'trailing' });
  });
});

describe('DDIM inverse', () => {
  it('brings a picture up to the noise from which the next sampler draws it again', async () => {
    const b = bench();
    const { unet, denoiser, noise } = await parts(b);
    const latent = picture(b);
    const up = await b.run(
      samplingSampler,
      { denoiser, noise, latent },
      { sampler: 'ddim-inverse', steps: 200 },
    );
    const top = trainedSigmas(unet.unet.diffusion).at(-1) ?? 0;
    expect(up.latent.noisy?.sigma).toBeCloseTo(top, 6);
    const again = await b.run(samplingSampler, { denoiser, noise, latent: up.latent }, { steps: 200 });
    expect(again.latent.noisy).toBeUndefined();
    expect(largest(await floats(again.latent.samples), await floats(latent.samples))).toBeLessThan(0.05);
  });
  it('goes up as far as the strength says, along a wired schedule too', async () => {
    const b = bench();
    const { unet, denoiser, noise } = await parts(b);
    const { schedule } = await b.run(samplingSchedule, { unet }, { steps: 10 });
    for (const sigmas of [schedule.sigmas, schedule.sigmas.toReversed()]) {
      const half = await b.run(
        samplingSampler,
        { denoiser, noise, latent: picture(b), schedule: { kind: 'schedule', sigmas } },
        { sampler: 'ddim-inverse', strength: 0.5 },
      );
      expect(half.latent.noisy?.sigma).toBe(schedule.sigmas[5]);
    }
  });
  it('needs a clean latent, and takes no mask', async () => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    const inverse = { sampler: 'ddim-inverse' } as const;
    const latent = picture(b);
    expect(await failure(b.run(samplingSampler, { denoiser, noise }, inverse))).toMatchObject({
      place: { port: 'latent' },
    });
    expect(
      await failure(b.run(samplingSampler, { denoiser, noise, latent, mask: mask(b, () => 1) }, inverse)),
    ).toMatchObject({ place: { port: 'mask' } });
    const noisy = await b.run(samplingSampler, { denoiser, noise }, { steps: 4, endStep: 2 });
    expect(
      await failure(b.run(samplingSampler, { denoiser, noise, latent: noisy.latent }, inverse)),
    ).toMatchObject({ place: { port: 'latent' } });
  });
});

describe('noise of other tools', () => {
  /** Euler ancestral's last-but-one state tells the noise of its last draw: one step from level to level. */
  const injected = async (params: object, noiseParams: object): Promise<Float32Array> => {
    const b = bench();
    const { unet, denoiser } = await parts(b);
    const { noise } = await b.run(latentNoise, { unet }, { seed: '42', ...noiseParams });
    const at = async (noiseScale: number) => {
      const { latent } = await b.run(
        samplingSampler,
        { denoiser, noise },
        { sampler: 'euler-ancestral', steps: 4, endStep: 1, noiseScale, ...params },
      );
      return floats(latent.samples);
    };
    const [with1, without] = [await at(1), await at(0)];
    const drawn = with1.map((x, i) => x - (without[i] ?? 0));
    const rms = Math.sqrt(drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length);
    return drawn.map((x) => x / rms);
  };
  const normalised = (values: Float32Array): Float32Array => {
    const rms = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
    return values.map((x) => x / rms);
  };
  const dims = [1, 4, 8, 8];
  const cpu = { generator: 'torch-cpu' } as const;
  const cuda = { generator: 'torch-cuda' } as const;
  const cases: [string, object, object, Parameters<typeof noiseData>[1]][] = [
    ['torch CPU goes on after the start noise', {}, cpu, { seed: 42n, stream: 1, ...cpu }],
    ['torch CUDA goes on after the start noise', {}, cuda, { seed: 42n, stream: 1, ...cuda }],
    [
      'ComfyUI on a CPU draws from a generator of its own, of the next seed',
      { dialect: 'comfy' },
      cpu,
      { seed: 43n, stream: 0, ...cpu },
    ],
    [
      'ComfyUI on a GPU draws the start on the CPU and the rest there',
      { dialect: 'comfy', noiseSource: 'torch-cuda' },
      cpu,
      { seed: 42n, stream: 0, ...cuda },
    ],
  ];
  for (const [name, params, noiseParams, source] of cases) {
    it(`${name}: the noise that is injected`, async () => {
      const got = await injected(params, noiseParams);
      expect(largest(got, normalised(noiseData(dims, source)))).toBeLessThan(1e-4);
    });
  }
  it('the start noise is torch’s, whole batches and seeds of their own', async () => {
    const b = bench();
    const { unet } = await parts(b);
    const { noise } = await b.run(latentNoise, { unet }, { seed: '42', batch: 2, ...cpu });
    expect(await floats(noise.samples)).toEqual(noiseData([2, 4, 8, 8], { seed: 42n, stream: 0, ...cpu }));
    const each = await b.run(latentNoise, { unet }, { seed: '42', batch: 2, seeds: 'each', ...cuda });
    expect((await floats(each.noise.samples)).slice(256)).toEqual(
      noiseData(dims, { seed: 43n, stream: 0, ...cuda }),
    );
  });
  it('a sampling left half-way goes on with the same draws', async () => {
    const b = bench();
    const { unet, denoiser } = await parts(b);
    const { noise } = await b.run(latentNoise, { unet }, { seed: '42', ...cpu });
    const asked = { sampler: 'euler-ancestral', steps: 6 } as const;
    const whole = await b.run(samplingSampler, { denoiser, noise }, asked);
    const half = await b.run(samplingSampler, { denoiser, noise }, { ...asked, endStep: 3 });
    const rest = await b.run(samplingSampler, { denoiser, noise, latent: half.latent }, asked);
    expect(largest(await floats(rest.latent.samples), await floats(whole.latent.samples))).toBeLessThan(2e-6);
  });
});

describe('dialects', () => {
  const levels = async (params: object, withLatent = false): Promise<number[]> => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    const latent = withLatent ? { latent: picture(b) } : {};
    await b.run(samplingSampler, { denoiser, noise, ...latent }, params, { trace: true });
    return b.log.steps.map(({ sigma }) => sigma);
  };
  const timesteps = async (params: object): Promise<number[]> => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    await b.run(samplingSampler, { denoiser, noise }, params);
    return b.fake.calls.map(({ timestep }) => timestep);
  };
  it('ComfyUI: denoise makes steps/denoise steps and takes the last of them', async () => {
    const asked = { sampler: 'euler', schedule: 'karras', steps: 6, dialect: 'comfy' } as const;
    const part = await levels({ ...asked, strength: 0.5 }, true);
    const full = await levels({ ...asked, steps: 12 });
    expect(part).toEqual(full.slice(6));
    expect((await levels({ ...asked, strength: 0 }, true)).length).toBe(0);
  });
  it('A1111: takes int(strength · steps) + 1', async () => {
    const asked = { sampler: 'euler', schedule: 'karras', steps: 20, dialect: 'a1111' } as const;
    expect((await levels({ ...asked, strength: 0.75 }, true)).length).toBe(16);
    expect((await levels({ ...asked, strength: 1 }, true)).length).toBe(20);
  });
  it('ComfyUI rounds timesteps, the others do not', async () => {
    const asked = { sampler: 'euler', schedule: 'karras', steps: 9 } as const;
    for (const dialect of ['ours', 'a1111', 'diffusers'] as const)
      expect((await timesteps({ ...asked, dialect })).every(Number.isInteger)).toBe(false);
    expect((await timesteps({ ...asked, dialect: 'comfy' })).every(Number.isInteger)).toBe(true);
  });
  it('the next-to-last level goes for DPM2 in ComfyUI and A1111, for UniPC in ComfyUI alone', async () => {
    const lowest = async (sampler: string, dialect: string): Promise<number> =>
      (await levels({ sampler, schedule: 'karras', steps: 8, dialect })).at(-1) ?? 0;
    const whole = await lowest('dpm2', 'ours');
    for (const [sampler, dialect, drops] of [
      ['dpm2', 'comfy', true],
      ['dpm2-ancestral', 'a1111', true],
      ['unipc', 'comfy', true],
      ['unipc', 'a1111', false],
      ['dpm2', 'diffusers', false],
      ['euler', 'comfy', false],
    ] as const) {
      const same = Math.abs((await lowest(sampler, dialect)) - whole) < 1e-9;
      // diffusers' Karras levels end a training step higher.
      expect(same, `${sampler} ${dialect}`).toBe(!drops && dialect !== 'diffusers');
    }
  });
  it('what a sampling begins with: σ·n or √(1 + σ²)·n, beside a latent or alone', async () => {
    const begin = async (params: object, withLatent = false): Promise<number> => {
      const b = bench();
      const { denoiser, noise } = await parts(b);
      const latent = { latent: { ...picture(b), samples: b.ops.full([1, 4, 8, 8], 0) } };
      await b.run(
        samplingSampler,
        { denoiser, noise, ...(withLatent ? latent : {}) },
        { steps: 5, ...params },
        { trace: true },
      );
      const [first] = b.log.steps;
      const start = await floats(noise.samples);
      return (first?.x[0] ?? 0) / (start[0] ?? 1) / (first?.sigma ?? 1);
    };
    const whole = (sigma: number): number => Math.sqrt(1 + sigma * sigma) / sigma;
    const top = (await levels({ steps: 5 }))[0] ?? 1;
    const euler = { sampler: 'euler', schedule: 'trailing' } as const;
    expect(await begin(euler)).toBeCloseTo(whole(top), 5);
    expect(await begin({ ...euler, dialect: 'a1111' })).toBeCloseTo(1, 5);
    expect(await begin({ ...euler, dialect: 'diffusers' })).toBeCloseTo(1, 5);
    expect(await begin({ ...euler, dialect: 'comfy' })).toBeCloseTo(whole(top), 5);
    expect(await begin({ ...euler, dialect: 'comfy', strength: 0.5 }, true)).toBeCloseTo(1, 5);
    expect(await begin({ sampler: 'ddim', schedule: 'trailing', dialect: 'diffusers' })).toBeCloseTo(
      whole(top),
      5,
    );
  });
  it('UniPC in ComfyUI and DDIM in diffusers end above 0 and are clean all the same', async () => {
    for (const params of [
      { sampler: 'unipc', dialect: 'comfy' },
      { sampler: 'ddim', dialect: 'diffusers', schedule: 'leading' },
    ] as const) {
      const b = bench();
      const { denoiser, noise } = await parts(b);
      const theirs = await b.run(samplingSampler, { denoiser, noise }, { steps: 8, ...params });
      const ours = await b.run(
        samplingSampler,
        { denoiser, noise },
        { steps: 8, ...params, dialect: 'ours' },
      );
      expect(theirs.latent.noisy).toBeUndefined();
      const apart = largest(await floats(theirs.latent.samples), await floats(ours.latent.samples));
      expect(apart).toBeGreaterThan(1e-6);
      expect(apart).toBeLessThan(0.3);
    }
  });
});

describe('one noise for a whole batch', () => {
  it('is one for the sampler too, so that equal conditions draw equal pictures', async () => {
    for (const sampler of ['euler-ancestral', 'dpmpp-2m-sde'] as const) {
      for (const same of [true, false]) {
        const b = bench();
        const { unet, denoiser } = await parts(b);
        const { noise } = await b.run(latentNoise, { unet }, { seed: '7', batch: 2, same });
        const out = await b.run(samplingSampler, { denoiser, noise }, { sampler, steps: 6 });
        const values = await floats(out.latent.samples);
        expect(largest(values.slice(0, 256), values.slice(256)) === 0).toBe(same);
      }
    }
  });
});

describe('reports', () => {
  it('progress, previews and the trajectory come once a step; x and x̂₀ are those of the step', async () => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    await b.run(samplingSampler, { denoiser, noise }, { steps: 4, sampler: 'heun' }, { trace: true });
    expect(b.log.previews).toEqual(['latent', 'latent', 'latent', 'latent']);
    expect(b.log.progress.map(({ done, total }) => [done, total])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
    expect(b.log.steps.map(({ step, total }) => [step, total])).toEqual([
      [0, 4],
      [1, 4],
      [2, 4],
      [3, 4],
    ]);
    const [first] = b.log.steps;
    const start = await floats(noise.samples);
    const whole = Math.sqrt(1 + (first?.sigma ?? 0) ** 2);
    expect(
      largest(
        first?.x ?? start,
        start.map((n) => n * whole),
      ),
    ).toBeLessThan(1e-5);
    // Exact denoiser of N(0, 0.4²).
    const shrink = 0.16 / (0.16 + (first?.sigma ?? 0) ** 2);
    expect(
      largest(
        first?.denoised ?? start,
        start.map((n) => n * whole * shrink),
      ),
    ).toBeLessThan(1e-5);
  });
  it('cancelling stops before the next call of the network and leaves no tensor behind', async () => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    const before = b.backend.live().tensors;
    const scope = b.ops.scope();
    const controller = new AbortController();
    const call = b.fake.kl.unet.call.bind(b.fake.kl.unet);
    let calls = 0;
    const spied = {
      ...denoiser,
      prepare: undefined,
      denoise: async (...[x, sigma, at, options]: Parameters<typeof denoiser.denoise>) => {
        calls++;
        if (calls === 3) controller.abort();
        return denoiser.denoise(x, sigma, at, options);
      },
    };
    expect(call).toBeTypeOf('function');
    await expect(
      samplingSampler.run({
        inputs: { denoiser: spied, noise },
        params: samplingSampler.params.parse({ steps: 10 }),
        runtime: {
          backend: 'wasm',
          precision: 'fp32',
          ops: scope.ops,
          models: b.fake.source,
          images: {
            decode: () => Promise.reject(new Error()),
            decodeIndices: () => Promise.reject(new Error()),
          },
          assets: { read: () => Promise.reject(new Error()) },
        },
        signal: controller.signal,
        progress: () => {},
        preview: () => {},
      }),
    ).rejects.toThrow('abort');
    expect(calls).toBe(3);
    expect(b.fake.calls.length).toBe(2);
    scope.release();
    expect(b.backend.live().tensors).toBe(before);
  });
  it('a long sampling keeps no temporaries: tensors alive do not grow with the steps', async () => {
    const counts: number[] = [];
    for (const steps of [3, 30]) {
      const b = bench();
      const { denoiser, noise } = await parts(b);
      const before = b.backend.live().tensors;
      await b.run(samplingSampler, { denoiser, noise }, { steps, sampler: 'unipc' });
      counts.push(b.backend.live().tensors - before);
    }
    expect(counts[0]).toBe(counts[1]);
  });
  it('element k of a batch is the same drawn alone, with a stochastic sampler too', async () => {
    const b = bench();
    const { unet, denoiser, noise } = await parts(b, { batch: 3 });
    const all = await b.run(samplingSampler, { denoiser, noise }, { sampler: 'euler-ancestral', steps: 5 });
    const one = await b.run(latentNoise, { unet }, { seed: '7', first: 2 });
    const alone = await b.run(
      samplingSampler,
      { denoiser, noise: one.noise },
      { sampler: 'euler-ancestral', steps: 5 },
    );
    const want = (await floats(all.latent.samples)).slice(2 * 256);
    expect(largest(await floats(alone.latent.samples), want)).toBe(0);
  });
});

describe('schedules and bad input', () => {
  it('a wired schedule replaces steps and schedule', async () => {
    const b = bench();
    const { unet, denoiser, noise } = await parts(b);
    const { schedule } = await b.run(samplingSchedule, { unet }, { schedule: 'karras', steps: 5, rho: 7 });
    const wired = await b.run(samplingSampler, { denoiser, noise, schedule }, { steps: 99 });
    const own = await b.run(samplingSampler, { denoiser, noise }, { steps: 5, schedule: 'karras' });
    expect(b.fake.calls.length).toBe(10);
    expect(largest(await floats(wired.latent.samples), await floats(own.latent.samples))).toBe(0);
  });
  it('says what is wrong and where', async () => {
    const b = bench();
    const { denoiser, noise } = await parts(b);
    expect(
      await failure(b.run(samplingSampler, { denoiser, noise, mask: mask(b, () => 1) }, {})),
    ).toMatchObject({
      code: 'bad-input',
      place: { port: 'latent' },
    });
    expect(await failure(b.run(samplingSampler, { denoiser, noise }, { startStep: 5 }))).toMatchObject({
      place: { port: 'latent' },
    });
    const latent = picture(b);
    expect(
      await failure(
        b.run(
          samplingSampler,
          { denoiser, noise, latent: { ...latent, samples: b.ops.full([1, 4, 4, 4], 0) } },
          {},
        ),
      ),
    ).toMatchObject({ place: { port: 'latent' } });
    expect(
      await failure(
        b.run(
          samplingSampler,
          { denoiser, noise, latent: { ...latent, space: { ...latent.space, space: 'other' } } },
          {},
        ),
      ),
    ).toMatchObject({ place: { port: 'latent' } });
    expect(
      await failure(
        b.run(samplingSampler, { denoiser, noise: { ...noise, samples: b.ops.full([1, 4, 7, 7], 0) } }, {}),
      ),
    ).toMatchObject({ place: { port: 'noise' } });
    expect(
      await failure(
        b.run(
          samplingSampler,
          { denoiser, noise, schedule: { kind: 'schedule', sigmas: Float64Array.of(1, 2, 0) } },
          {},
        ),
      ),
    ).toMatchObject({ code: 'bad-input', place: { port: 'schedule' } });
    expect(
      await failure(
        b.run(samplingSampler, { denoiser, noise, latent }, { startStep: 6, endStep: 3, strength: 0.5 }),
      ),
    ).toMatchObject({ code: 'invalid-param', place: { path: 'endStep' } });
  });
});
