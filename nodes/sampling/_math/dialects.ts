/**
 * The conventions of other tools, where the same names draw other pictures. Read from
 * ComfyUI (`comfy/samplers.py`, `comfy/model_sampling.py`, `comfy/extra_samplers/uni_pc.py`), A1111
 * (`modules/sd_samplers_kdiffusion.py`, `sd_samplers_common.py`) and diffusers
 * (`scheduling_euler_discrete.py`, `scheduling_ddim.py`, `pipeline_stable_diffusion_img2img.py`).
 */
import type { DiffusionInfo } from '@/engine/types';
import type { DialectName } from './dialect-names';
import { noiseLevels } from './noise-levels';
import type { SamplerName } from './samplers';
import { scheduleOf, type ScheduleName, type ScheduleOptions } from './schedules';

/** Where a sampling from a latent begins: a schedule of `steps` steps, of which the last `taken` are taken. */
export interface Part {
  readonly steps: number;
  readonly taken: number;
}

/** What a sampling begins with. */
export interface Start {
  readonly sampler: SamplerName;
  /** Undefined: one that was wired. */
  readonly schedule: ScheduleName | undefined;
  /** The highest trained level. */
  readonly highest: number;
  /** The noise is added to a latent. */
  readonly latent: boolean;
}

export interface Dialect {
  /** The network is told whole training steps. */
  readonly roundTimesteps: boolean;
  /** The samplers for which one level more is made and the last before 0 left out. */
  readonly drops: readonly SamplerName[];
  /** What a strength below 1 (ComfyUI: denoise) of n steps means. */
  readonly part: (strength: number, steps: number) => Part;
  /** Shape of the schedule where it is not ours. */
  readonly shape: (schedule: ScheduleName, steps: number, diffusion: DiffusionInfo) => ScheduleOptions;
  /** Where the schedule ends: 0, or the level that stands for it. */
  readonly end: (
    sampler: SamplerName,
    diffusion: DiffusionInfo,
  ) => { readonly sigma: number; readonly scaled: boolean };
  /** Factor on the noise that a sampling begins with at level σ, alone or added to a latent. Ours is √(1 + σ²) alone, x_T ~ N(0, I) in the paper's scale. */
  readonly startScale: (sigma: number, at: Start) => number;
  /** A latent is added also where the sampling begins at the schedule's first level. */
  readonly addsLatent: boolean;
  /** The sampler's noise comes from a generator of its own: what is added to the seed on the CPU; undefined = it goes on with the start noise's. */
  readonly ownNoise: { readonly onCpu: bigint } | undefined;
}

const whole = (sigma: number): number => Math.sqrt(1 + sigma * sigma);
/** int(s·n), as LDM's `t_enc` and diffusers have it, so that a strength below 1 never means all steps. */
const floored = (strength: number, steps: number): Part => ({ steps, taken: Math.floor(strength * steps) });
/** Added to a latent noise counts as σ·n everywhere; alone it makes x_T. */
const ownScale: Dialect['startScale'] = (sigma, { latent }) => (latent ? sigma : whole(sigma));
const ownShape = (): ScheduleOptions => ({});
const toZero = { sigma: 0, scaled: false } as const;
/** ᾱ₀ instead of 1 (Stable Diffusion's `set_alpha_to_one: false`), for samplers in steps of t; the result keeps the paper's scale. */
const toFirstStep: Dialect['end'] = (sampler, diffusion) =>
  sampler === 'ddim' || sampler === 'plms' ? { sigma: noiseLevels(diffusion).min, scaled: true } : toZero;
const dpm2Kinds = ['dpm2', 'dpm2-ancestral'] as const;
/** Samplers of k-diffusion's kind, which diffusers starts at σ·n on spacings that reach the last training step. */
const eulerKinds: ReadonlySet<SamplerName> = new Set([
  'euler',
  'euler-ancestral',
  'heun',
  'dpm2',
  'dpm2-ancestral',
  'lms',
]);

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  ours: {
    roundTimesteps: false,
    drops: [],
    part: floored,
    shape: ownShape,
    end: () => toZero,
    startScale: ownScale,
    addsLatent: false,
    ownNoise: undefined,
  },
  comfy: {
    roundTimesteps: true,
    drops: [...dpm2Kinds, 'unipc'],
    part: (denoise, steps) =>
      denoise > 0.9999
        ? { steps, taken: steps }
        : denoise <= 0
          ? { steps, taken: 0 }
          : { steps: Math.floor(steps / denoise), taken: steps },
    shape: (schedule) => (schedule === 'beta' ? { round: true } : {}),
    end: (sampler) => (sampler === 'unipc' ? { sigma: 0.001, scaled: false } : toZero),
    // `max_denoise`: from the highest trained level on.
    startScale: (sigma, { highest }) => (sigma >= highest * (1 - 1e-5) ? whole(sigma) : sigma),
    addsLatent: true,
    ownNoise: { onCpu: 1n },
  },
  a1111: {
    roundTimesteps: false,
    drops: dpm2Kinds,
    // `setup_img2img_steps`: from σ[n − t_enc − 1] on.
    part: (strength, steps) => ({ steps, taken: Math.floor(Math.min(strength, 0.999) * steps) + 1 }),
    shape: ownShape,
    end: toFirstStep,
    startScale: (sigma, at) => (at.sampler === 'ddim' || at.sampler === 'plms' ? ownScale(sigma, at) : sigma),
    addsLatent: true,
    ownNoise: undefined,
  },
  diffusers: {
    roundTimesteps: false,
    drops: [],
    part: floored,
    // Karras levels lie between those of the spacing, which is Stable Diffusion's "leading".
    shape: (schedule, steps, diffusion) => {
      if (schedule !== 'karras') return {};
      const spaced = scheduleOf('leading', steps, diffusion);
      return { sigmaMax: spaced[0] ?? 0, sigmaMin: spaced[steps - 1] ?? 0 };
    },
    end: toFirstStep,
    startScale: (sigma, at) =>
      eulerKinds.has(at.sampler) && (at.schedule === 'trailing' || at.schedule === 'linspace')
        ? sigma
        : ownScale(sigma, at),
    addsLatent: true,
    ownNoise: undefined,
  },
};

/** The levels that a tool makes for a sampler, the last one 0 or what stands for it. Throws `invalid-param` as {@link scheduleOf}. */
export function dialectLevels(
  dialect: DialectName,
  sampler: SamplerName,
  schedule: ScheduleName,
  steps: number,
  diffusion: DiffusionInfo,
): Float64Array {
  const rules = dialects[dialect];
  const more = rules.drops.includes(sampler) ? 1 : 0;
  const made = scheduleOf(schedule, steps + more, diffusion, rules.shape(schedule, steps + more, diffusion));
  const { sigma } = rules.end(sampler, diffusion);
  const kept = made.slice(0, made.length - 1 - more);
  // A level that is reached already is not reached twice.
  const end = sigma < (kept.at(-1) ?? 0) * (1 - 1e-9) ? sigma : 0;
  return Float64Array.from([...kept, end]);
}
