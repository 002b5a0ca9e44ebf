/** Samplers, and the nodes of the custom sampler. Socket and widget orders: facts of ComfyUI's file format. */
import { integerDigits, integerJson } from '../json';
import {
  namedSampler,
  ourSchedule,
  samplerDiffers,
  samplerName,
  samplerParams,
  theirScheduler,
} from './samplers';
import { num, one, str, yes, type ComfyClass, type Difference, type Params, type Values } from './types';

const conditioned = { model: 'MODEL', positive: 'CONDITIONING', negative: 'CONDITIONING' };
const seedOf = (values: Values, name: string): string => {
  const digits = integerDigits(values[name]) ?? '0';
  return digits.startsWith('-') ? '0' : digits;
};
const seedJson = (params: Params | undefined) => integerJson(str(params?.['seed'], '0'));

/** U-Net, noise of the latent's shape, sampler: what one KSampler is here. */
const samplerParts = {
  parts: { unet: 'sampling/unet', noise: 'latent/noise-like', main: 'sampling/sampler' },
  inner: [
    ['unet.denoiser', 'main.denoiser'],
    ['noise.noise', 'main.noise'],
  ],
  inputs: {
    model: ['unet.unet'],
    positive: ['unet.positive'],
    negative: ['unet.negative'],
    latent_image: ['main.latent', 'noise.latent'],
  },
  takesMask: ['latent_image', 'main.mask'],
  outputs: ['main.latent'],
} as const;

/** End step beyond every schedule: ComfyUI writes 10,000, ours ends at 1,000. */
const endOf = (values: Values): number => Math.min(1000, Math.max(0, num(values['end_at_step'], 10_000)));

const advancedDiffers = (values: Values): readonly Difference[] => [
  ...samplerDiffers(values),
  ...(!yes(values['return_with_leftover_noise']) && endOf(values) < num(values['steps'], 20)
    ? [{ code: 'leftover' } as const]
    : []),
  ...(!yes(values['add_noise']) && num(values['start_at_step'], 0) === 0
    ? [{ code: 'no-noise' } as const]
    : []),
];

export const samplingClasses: readonly ComfyClass[] = [
  {
    type: 'KSampler',
    inputs: { ...conditioned, latent_image: 'LATENT' },
    widgets: { seed: 0, steps: 20, cfg: 8, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
    seeds: ['seed'],
    outputs: ['LATENT'],
    becomes: {
      ...samplerParts,
      params: (values) => ({
        unet: { guidance: num(values['cfg'], 8) },
        noise: { seed: seedOf(values, 'seed'), generator: 'torch-cpu' },
        main: {
          ...samplerParams(values),
          steps: Math.max(1, num(values['steps'], 20)),
          strength: num(values['denoise'], 1),
        },
      }),
      values: ({ unet, noise, main = {} }) => ({
        seed: seedJson(noise),
        cfg: num(unet?.['guidance'], 8),
        steps: num(main['steps'], 20),
        denoise: num(main['strength'], 1),
        sampler_name: samplerName(main),
        scheduler: theirScheduler(str(main['schedule'])),
      }),
      // A sampling that stops half-way is KSampler (Advanced)'s.
      fits: ({ main = {} }) =>
        num(main['endStep'], 1000) >= num(main['steps'], 20) && num(main['startStep'], 0) === 0,
      direct: {
        seed: 'noise.seed',
        cfg: 'unet.guidance',
        steps: 'main.steps',
        sampler_name: 'main.sampler',
        scheduler: 'main.schedule',
      },
      differs: samplerDiffers,
    },
  },
  {
    type: 'KSamplerAdvanced',
    inputs: { ...conditioned, latent_image: 'LATENT' },
    widgets: {
      add_noise: 'enable',
      noise_seed: 0,
      steps: 20,
      cfg: 8,
      sampler_name: 'euler',
      scheduler: 'normal',
      start_at_step: 0,
      end_at_step: 10_000,
      return_with_leftover_noise: 'disable',
    },
    seeds: ['noise_seed'],
    outputs: ['LATENT'],
    becomes: {
      ...samplerParts,
      params: (values) => ({
        unet: { guidance: num(values['cfg'], 8) },
        noise: { seed: seedOf(values, 'noise_seed'), generator: 'torch-cpu' },
        main: {
          ...samplerParams(values),
          steps: Math.max(1, num(values['steps'], 20)),
          startStep: Math.max(0, num(values['start_at_step'], 0)),
          endStep: endOf(values),
        },
      }),
      values: ({ unet, noise, main = {} }) => ({
        noise_seed: seedJson(noise),
        cfg: num(unet?.['guidance'], 8),
        steps: num(main['steps'], 20),
        sampler_name: samplerName(main),
        scheduler: theirScheduler(str(main['schedule'])),
        start_at_step: num(main['startStep'], 0),
        end_at_step: num(main['endStep'], 1000) >= 1000 ? 10_000 : num(main['endStep'], 1000),
        return_with_leftover_noise:
          num(main['endStep'], 1000) < num(main['steps'], 20) ? 'enable' : 'disable',
      }),
      direct: {
        noise_seed: 'noise.seed',
        cfg: 'unet.guidance',
        steps: 'main.steps',
        start_at_step: 'main.startStep',
        sampler_name: 'main.sampler',
        scheduler: 'main.schedule',
      },
      differs: advancedDiffers,
    },
  },
  {
    type: 'SamplerCustom',
    inputs: { ...conditioned, sampler: 'SAMPLER', sigmas: 'SIGMAS', latent_image: 'LATENT' },
    widgets: { add_noise: true, noise_seed: 0, cfg: 8 },
    seeds: ['noise_seed'],
    outputs: ['LATENT', 'LATENT'],
    outputNames: ['output', 'denoised_output'],
    becomes: {
      ...samplerParts,
      inputs: {
        ...samplerParts.inputs,
        sigmas: ['main.schedule'],
      },
      outputs: ['main.latent', 'main.latent'],
      params: (values) => ({
        unet: { guidance: num(values['cfg'], 8) },
        noise: { seed: seedOf(values, 'noise_seed'), generator: 'torch-cpu' },
        main: customParams(values),
      }),
      values: ({ unet, noise }) => ({ noise_seed: seedJson(noise), cfg: num(unet?.['guidance'], 8) }),
      direct: { noise_seed: 'noise.seed', cfg: 'unet.guidance' },
      differs: (values) => [
        ...samplerDiffers(values),
        ...(yes(values['add_noise'] ?? true) ? [] : [{ code: 'no-noise' } as const]),
      ],
      importOnly: true,
    },
  },
  {
    type: 'SamplerCustomAdvanced',
    inputs: {
      noise: 'NOISE',
      guider: 'GUIDER',
      sampler: 'SAMPLER',
      sigmas: 'SIGMAS',
      latent_image: 'LATENT',
    },
    widgets: {},
    outputs: ['LATENT', 'LATENT'],
    outputNames: ['output', 'denoised_output'],
    becomes: {
      parts: { main: 'sampling/sampler' },
      inputs: {
        noise: ['main.noise'],
        guider: ['main.denoiser'],
        sigmas: ['main.schedule'],
        latent_image: ['main.latent'],
      },
      takesMask: ['latent_image', 'main.mask'],
      outputs: ['main.latent', 'main.latent'],
      params: (values) => ({ main: customParams(values) }),
      differs: samplerDiffers,
      importOnly: true,
    },
  },
  {
    type: 'CFGGuider',
    inputs: conditioned,
    widgets: { cfg: 8 },
    outputs: ['GUIDER'],
    becomes: one(
      'sampling/unet',
      { model: 'unet', positive: 'positive', negative: 'negative' },
      ['denoiser'],
      {
        params: (values) => ({ guidance: num(values['cfg'], 8) }),
        values: (params) => ({ cfg: num(params['guidance'], 8) }),
        direct: { cfg: 'main.guidance' },
        importOnly: true,
      },
    ),
  },
  {
    type: 'BasicGuider',
    inputs: { model: 'MODEL', conditioning: 'CONDITIONING' },
    widgets: {},
    outputs: ['GUIDER'],
    becomes: one('sampling/unet', { model: 'unet', conditioning: 'positive' }, ['denoiser'], {
      params: () => ({ guidance: 1 }),
      importOnly: true,
    }),
  },
  {
    type: 'DualCFGGuider',
    inputs: { model: 'MODEL', cond1: 'CONDITIONING', cond2: 'CONDITIONING', negative: 'CONDITIONING' },
    widgets: { cfg_conds: 8, cfg_cond2_negative: 8, style: 'regular' },
    outputs: ['GUIDER'],
    becomes: { needs: 'guider' },
  },
  {
    type: 'RandomNoise',
    inputs: {},
    widgets: { noise_seed: 0 },
    seeds: ['noise_seed'],
    outputs: ['NOISE'],
    becomes: one('latent/noise-like', {}, ['noise'], {
      params: (values) => ({ seed: seedOf(values, 'noise_seed'), generator: 'torch-cpu' }),
      values: (params) => ({ noise_seed: seedJson(params) }),
      direct: { noise_seed: 'main.seed' },
      needsLatent: ['main.latent'],
      importOnly: true,
    }),
  },
  {
    type: 'DisableNoise',
    inputs: {},
    widgets: {},
    outputs: ['NOISE'],
    becomes: one('latent/noise-like', {}, ['noise'], {
      params: () => ({ seed: '0' }),
      needsLatent: ['main.latent'],
      differs: () => [{ code: 'no-noise' }],
      importOnly: true,
    }),
  },
  {
    type: 'KSamplerSelect',
    inputs: {},
    widgets: { sampler_name: 'euler' },
    outputs: ['SAMPLER'],
    becomes: { folds: (values) => ({ sampler_name: values['sampler_name'] ?? 'euler' }) },
  },
  {
    type: 'BasicScheduler',
    inputs: { model: 'MODEL' },
    widgets: { scheduler: 'normal', steps: 20, denoise: 1 },
    outputs: ['SIGMAS'],
    becomes: one('sampling/schedule', { model: 'unet' }, ['schedule'], {
      params: (values) => ({
        schedule: ourSchedule(str(values['scheduler'], 'normal')),
        steps: Math.max(1, num(values['steps'], 20)),
      }),
      values: (params) => ({
        scheduler: theirScheduler(str(params['schedule'])),
        steps: num(params['steps'], 20),
      }),
      direct: { steps: 'main.steps', scheduler: 'main.schedule' },
      differs: samplerDiffers,
    }),
  },
  sigmas('KarrasScheduler', 'karras', { steps: 20, sigma_max: 14.614642, sigma_min: 0.0291675, rho: 7 }),
  sigmas('ExponentialScheduler', 'exponential', { steps: 20, sigma_max: 14.614642, sigma_min: 0.0291675 }),
  sigmas('PolyexponentialScheduler', 'polyexponential', {
    steps: 20,
    sigma_max: 14.614642,
    sigma_min: 0.0291675,
    rho: 1,
  }),
  {
    type: 'SDTurboScheduler',
    inputs: { model: 'MODEL' },
    widgets: { steps: 1, denoise: 1 },
    outputs: ['SIGMAS'],
    becomes: one('sampling/schedule', { model: 'unet' }, ['schedule'], {
      params: (values) => ({ schedule: 'trailing', steps: Math.max(1, num(values['steps'], 1)) }),
      direct: { steps: 'main.steps' },
      importOnly: true,
    }),
  },
  {
    type: 'BetaSamplingScheduler',
    inputs: { model: 'MODEL' },
    widgets: { steps: 20, alpha: 0.6, beta: 0.6 },
    outputs: ['SIGMAS'],
    becomes: one('sampling/schedule', { model: 'unet' }, ['schedule'], {
      params: (values) => ({ schedule: 'beta', steps: Math.max(1, num(values['steps'], 20)) }),
      direct: { steps: 'main.steps' },
      differs: (values) =>
        num(values['alpha'], 0.6) === 0.6 && num(values['beta'], 0.6) === 0.6
          ? []
          : [{ code: 'scheduler', what: `beta ${num(values['alpha'], 0.6)}, ${num(values['beta'], 0.6)}` }],
      importOnly: true,
    }),
  },
  {
    type: 'VPScheduler',
    inputs: {},
    widgets: { steps: 20, beta_d: 19.9, beta_min: 0.1, eps_s: 0.001 },
    outputs: ['SIGMAS'],
    becomes: { needs: 'sigmas' },
  },
  {
    type: 'LaplaceScheduler',
    inputs: {},
    widgets: { steps: 20, sigma_max: 14.614642, sigma_min: 0.0291675, mu: 0, beta: 0.5 },
    outputs: ['SIGMAS'],
    becomes: { needs: 'sigmas' },
  },
  {
    type: 'AlignYourStepsScheduler',
    inputs: {},
    widgets: { model_type: 'SD1', steps: 10, denoise: 1 },
    outputs: ['SIGMAS'],
    becomes: { needs: 'sigmas' },
  },
  {
    type: 'GITSScheduler',
    inputs: {},
    widgets: { coeff: 1.2, steps: 10, denoise: 1 },
    outputs: ['SIGMAS'],
    becomes: { needs: 'sigmas' },
  },
  {
    type: 'ManualSigmas',
    inputs: {},
    widgets: { sigmas: '1, 0.5' },
    outputs: ['SIGMAS'],
    becomes: { needs: 'sigmas' },
  },
  {
    type: 'SplitSigmas',
    inputs: { sigmas: 'SIGMAS' },
    widgets: { step: 0 },
    outputs: ['SIGMAS', 'SIGMAS'],
    outputNames: ['high_sigmas', 'low_sigmas'],
    becomes: { needs: 'sigmas' },
  },
  {
    type: 'SplitSigmasDenoise',
    inputs: { sigmas: 'SIGMAS' },
    widgets: { denoise: 1 },
    outputs: ['SIGMAS', 'SIGMAS'],
    outputNames: ['high_sigmas', 'low_sigmas'],
    becomes: { needs: 'sigmas' },
  },
  {
    type: 'FlipSigmas',
    inputs: { sigmas: 'SIGMAS' },
    widgets: {},
    outputs: ['SIGMAS'],
    becomes: { needs: 'sigmas' },
  },
  {
    type: 'SetFirstSigma',
    inputs: { sigmas: 'SIGMAS' },
    widgets: { sigma: 136 },
    outputs: ['SIGMAS'],
    becomes: { needs: 'sigmas' },
  },
  samplerOptions('SamplerEulerAncestral', 'euler_ancestral', { eta: 1, s_noise: 1 }),
  samplerOptions('SamplerEulerAncestralCFGPP', 'euler_ancestral_cfg_pp', { eta: 1, s_noise: 1 }),
  samplerOptions('SamplerLMS', 'lms', { order: 4 }),
  samplerOptions('SamplerDPMPP_2M_SDE', 'dpmpp_2m_sde', {
    solver_type: 'midpoint',
    eta: 1,
    s_noise: 1,
    noise_device: 'gpu',
  }),
  samplerOptions('SamplerDPMPP_3M_SDE', 'dpmpp_3m_sde', { eta: 1, s_noise: 1, noise_device: 'gpu' }),
  samplerOptions('SamplerDPMPP_SDE', 'dpmpp_sde', { eta: 1, s_noise: 1, r: 0.5, noise_device: 'gpu' }),
  samplerOptions('SamplerDPMPP_2S_Ancestral', 'dpmpp_2s_ancestral', { eta: 1, s_noise: 1 }),
  samplerOptions('SamplerDPMAdaptative', 'dpm_adaptive', {
    order: 3,
    rtol: 0.05,
    atol: 0.0078,
    h_init: 0.05,
    pcoeff: 0,
    icoeff: 1,
    dcoeff: 0,
    accept_safety: 0.81,
    eta: 0,
    s_noise: 1,
  }),
  samplerOptions('SamplerLCMUpscale', 'lcm', {
    scale_ratio: 1,
    scale_steps: -1,
    upscale_method: 'bislerp',
  }),
];

function sigmas(type: string, schedule: string, widgets: Readonly<Record<string, number>>): ComfyClass {
  const shaped = 'rho' in widgets;
  return {
    type,
    inputs: {},
    widgets,
    outputs: ['SIGMAS'],
    becomes: one('sampling/schedule', {}, ['schedule'], {
      params: (values) => ({
        schedule,
        steps: Math.max(1, num(values['steps'], 20)),
        sigmaMin: num(values['sigma_min'], 0.0291675),
        sigmaMax: num(values['sigma_max'], 14.614642),
        ...(shaped && { rho: num(values['rho'], 7) }),
      }),
      values: (params) => ({
        steps: num(params['steps'], 20),
        ...(num(params['sigmaMin'], 0) > 0 && { sigma_min: num(params['sigmaMin'], 0) }),
        ...(num(params['sigmaMax'], 0) > 0 && { sigma_max: num(params['sigmaMax'], 0) }),
        ...(shaped && num(params['rho'], 0) > 0 && { rho: num(params['rho'], 7) }),
      }),
      direct: { steps: 'main.steps' },
      needsUnet: ['main.unet'],
      importOnly: true,
    }),
  };
}

/** A node that sets one sampler's options: folded into the sampler node that it feeds. */
function samplerOptions(
  type: string,
  name: string,
  widgets: Readonly<Record<string, string | number>>,
): ComfyClass {
  return {
    type,
    inputs: {},
    widgets,
    outputs: ['SAMPLER'],
    becomes: {
      folds: (values) => ({
        sampler_name: name,
        ...(values['eta'] !== undefined && { eta: values['eta'] }),
        ...(values['s_noise'] !== undefined && { s_noise: values['s_noise'] }),
        ...(type === 'SamplerLMS' && { order: values['order'] ?? 4 }),
      }),
    },
  };
}

/** A custom sampler's algorithm and its options, as a sampler option node folded them in. */
function customParams(values: Values): Params {
  return {
    ...namedSampler(str(values['sampler_name'], 'euler')),
    ...(typeof values['eta'] === 'number' && { eta: Math.min(1, Math.max(0, values['eta'])) }),
    ...(typeof values['s_noise'] === 'number' && { noiseScale: Math.min(2, Math.max(0, values['s_noise'])) }),
    ...(typeof values['order'] === 'number' && { order: Math.min(4, Math.max(0, values['order'])) }),
  };
}
