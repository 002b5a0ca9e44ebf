/** `scheduler_config.json`: what was trained, and how its makers sample it. */
import {
  LoomError,
  type BetaSchedule,
  type FactSource,
  type Recommendation,
  type UNetDescription,
} from '@/engine/types';
import type { SchedulerConfig } from './configs';
import type { FactSheet } from './facts';

export interface SchedulerFacts {
  readonly prediction: UNetDescription['prediction'];
  readonly schedule: BetaSchedule;
  readonly recommended: Recommendation;
}

const predictions: Readonly<Record<string, UNetDescription['prediction']>> = {
  epsilon: 'epsilon',
  v_prediction: 'v',
  sample: 'sample',
};
const betaKinds: Readonly<Record<string, BetaSchedule['kind']>> = {
  linear: 'linear',
  scaled_linear: 'scaled-linear',
  squaredcos_cap_v2: 'cosine',
};

/** Samplers of ours by diffusers' scheduler classes, and the spacing that a class has where its file says none. */
const schedulers: Readonly<Record<string, { readonly sampler: string; readonly spacing: string }>> = {
  DDIMScheduler: { sampler: 'ddim', spacing: 'leading' },
  DDPMScheduler: { sampler: 'ddpm', spacing: 'leading' },
  PNDMScheduler: { sampler: 'plms', spacing: 'leading' },
  EulerDiscreteScheduler: { sampler: 'euler', spacing: 'linspace' },
  EulerAncestralDiscreteScheduler: { sampler: 'euler-ancestral', spacing: 'linspace' },
  HeunDiscreteScheduler: { sampler: 'heun', spacing: 'linspace' },
  LMSDiscreteScheduler: { sampler: 'lms', spacing: 'linspace' },
  KDPM2DiscreteScheduler: { sampler: 'dpm2', spacing: 'linspace' },
  KDPM2AncestralDiscreteScheduler: { sampler: 'dpm2-ancestral', spacing: 'linspace' },
  DPMSolverMultistepScheduler: { sampler: 'dpmpp-2m', spacing: 'linspace' },
  DPMSolverSinglestepScheduler: { sampler: 'dpmpp-2m', spacing: 'linspace' },
  DPMSolverSDEScheduler: { sampler: 'dpmpp-sde', spacing: 'linspace' },
  DEISMultistepScheduler: { sampler: 'deis', spacing: 'linspace' },
  UniPCMultistepScheduler: { sampler: 'unipc', spacing: 'linspace' },
  LCMScheduler: { sampler: 'lcm', spacing: 'leading' },
  TCDScheduler: { sampler: 'lcm', spacing: 'leading' },
};
/** Schedulers of diffusers that begin at σ·n, where their spacing is not leading. */
const sigmaStart: ReadonlySet<string> = new Set([
  'euler',
  'euler-ancestral',
  'heun',
  'lms',
  'dpm2',
  'dpm2-ancestral',
]);

/** The facts of a scheduler's config. Throws `package-invalid` for a prediction or β schedule that is not known. */
export function readScheduler(config: SchedulerConfig, from: FactSource, sheet: FactSheet): SchedulerFacts {
  const invalid = (what: string): LoomError =>
    new LoomError('package-invalid', `The scheduler's ${what} is not known here.`, {
      ...(from.kind === 'file' && { file: from.file }),
    });
  const prediction = predictions[config.prediction_type];
  if (prediction === undefined) throw invalid(`prediction_type "${config.prediction_type}"`);
  const trained = config.trained_betas ?? undefined;
  const kind = betaKinds[config.beta_schedule];
  if (kind === undefined && trained === undefined) throw invalid(`beta_schedule "${config.beta_schedule}"`);
  const zeroSnr = config.rescale_betas_zero_snr === true;
  sheet.say('prediction', prediction, from);
  sheet.say('betas', `${config.beta_schedule} ${config.beta_start}…${config.beta_end}`, from);
  if (zeroSnr) sheet.say('zeroSnr', true, from);
  return {
    prediction,
    schedule: {
      kind: kind ?? 'linear',
      start: config.beta_start,
      end: config.beta_end,
      steps: trained?.length ?? config.num_train_timesteps,
      ...(trained && { trained }),
      ...(zeroSnr && { zeroSnr }),
    },
    recommended: recommendation(config, from, sheet),
  };
}

function recommendation(config: SchedulerConfig, from: FactSource, sheet: FactSheet): Recommendation {
  const { _class_name: name = '' } = config;
  const known = schedulers[name];
  if (known === undefined && name !== '')
    sheet.notice(`The scheduler ${name} is not known here; choose a sampler by hand.`);
  const spacing = config.timestep_spacing ?? known?.spacing ?? 'leading';
  const schedule = scheduleOf(config, name, spacing);
  notHonoured(config, from, sheet);
  const start = known && spacing !== 'leading' && sigmaStart.has(known.sampler);
  if (known) sheet.say('sampler', known.sampler, from);
  sheet.say('schedule', schedule, from);
  return {
    ...(known && { sampler: known.sampler }),
    schedule,
    stepsOffset: config.steps_offset,
    ...(start === true && { start: 'sigma' as const }),
    ...(schedule === 'lcm' && { originalSteps: config.original_inference_steps ?? 50 }),
  };
}

/** The schedule of ours that a config means. */
function scheduleOf(config: SchedulerConfig, name: string, spacing: string): string {
  if (name === 'LCMScheduler' || name === 'TCDScheduler') return 'lcm';
  if (config.use_karras_sigmas === true) return 'karras';
  if (config.use_exponential_sigmas === true) return 'exponential';
  if (config.use_beta_sigmas === true) return 'beta';
  return spacing === 'trailing' || spacing === 'linspace' ? spacing : 'leading';
}

function notHonoured(config: SchedulerConfig, from: FactSource, sheet: FactSheet): void {
  if (from.kind !== 'file') return;
  if (config.clip_sample === true)
    sheet.notice('The scheduler clips predictions (clip_sample); samplers here do not.');
  if (config.thresholding === true)
    sheet.notice('The scheduler thresholds predictions (thresholding); samplers here do not.');
  if (config.set_alpha_to_one === false)
    sheet.notice(
      'The scheduler ends at the lowest trained noise level (set_alpha_to_one: false); samplers here end at 0.',
    );
  if (config.timestep_type === 'continuous')
    sheet.notice('The scheduler counts continuous timesteps (timestep_type); those here are discrete.');
}

/** What Stable Diffusion 1 and 2 were trained with, for packages that bring no scheduler. */
export const stableDiffusionScheduler: SchedulerConfig = {
  num_train_timesteps: 1000,
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  prediction_type: 'epsilon',
  timestep_spacing: 'leading',
  steps_offset: 1,
};
