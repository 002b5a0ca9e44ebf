/**
 * ComfyUI's sampler and scheduler names and ours. A name that is not here has no counterpart; `null` in
 * `exact` marks one whose numbers differ (said in the report).
 */
import type { Difference, Params, Values } from './types';
import { str } from './types';

interface Counterpart {
  readonly ours: string;
  readonly nearly?: true;
}

/** ComfyUI's sampler → ours. Where two are one of ours, the first is the one that an export writes. */
export const samplersOfComfy: Readonly<Record<string, Counterpart>> = {
  euler: { ours: 'euler' },
  euler_cfg_pp: { ours: 'euler-cfgpp' },
  euler_ancestral: { ours: 'euler-ancestral' },
  euler_ancestral_cfg_pp: { ours: 'euler-ancestral-cfgpp' },
  heun: { ours: 'heun' },
  heunpp2: { ours: 'heunpp2' },
  dpm_2: { ours: 'dpm2' },
  dpm_2_ancestral: { ours: 'dpm2-ancestral' },
  lms: { ours: 'lms' },
  dpmpp_2s_ancestral: { ours: 'dpmpp-2s-ancestral' },
  dpmpp_2s_ancestral_cfg_pp: { ours: 'dpmpp-2s-ancestral-cfgpp' },
  dpmpp_sde: { ours: 'dpmpp-sde' },
  dpmpp_2m: { ours: 'dpmpp-2m' },
  dpmpp_2m_cfg_pp: { ours: 'dpmpp-2m-cfgpp' },
  dpmpp_2m_sde: { ours: 'dpmpp-2m-sde' },
  dpmpp_2m_sde_heun: { ours: 'dpmpp-2m-sde-heun' },
  dpmpp_3m_sde: { ours: 'dpmpp-3m-sde' },
  ddim: { ours: 'ddim' },
  ddpm: { ours: 'ddpm' },
  lcm: { ours: 'lcm' },
  ipndm: { ours: 'ipndm' },
  ipndm_v: { ours: 'ipndm-v' },
  deis: { ours: 'deis' },
  res_multistep: { ours: 'res-multistep' },
  gradient_estimation: { ours: 'gradient-estimation' },
  er_sde: { ours: 'er-sde' },
  uni_pc: { ours: 'unipc' },
  uni_pc_bh2: { ours: 'unipc' },
  plms: { ours: 'plms' },
  // The same algorithms with the noise drawn on the graphics card: other noise, the same kind of picture.
  dpmpp_sde_gpu: { ours: 'dpmpp-sde', nearly: true },
  dpmpp_2m_sde_gpu: { ours: 'dpmpp-2m-sde', nearly: true },
  dpmpp_2m_sde_heun_gpu: { ours: 'dpmpp-2m-sde-heun', nearly: true },
  dpmpp_3m_sde_gpu: { ours: 'dpmpp-3m-sde', nearly: true },
  // The nearest of ours.
  dpm_fast: { ours: 'dpmpp-2m', nearly: true },
  dpm_adaptive: { ours: 'dpmpp-2m', nearly: true },
  res_multistep_cfg_pp: { ours: 'res-multistep', nearly: true },
  res_multistep_ancestral: { ours: 'dpmpp-2s-ancestral', nearly: true },
  res_multistep_ancestral_cfg_pp: { ours: 'dpmpp-2s-ancestral', nearly: true },
  gradient_estimation_cfg_pp: { ours: 'gradient-estimation', nearly: true },
  seeds_2: { ours: 'dpmpp-2m-sde', nearly: true },
  seeds_3: { ours: 'dpmpp-3m-sde', nearly: true },
  sa_solver: { ours: 'dpmpp-2m-sde', nearly: true },
  sa_solver_pece: { ours: 'dpmpp-2m-sde', nearly: true },
};

/** ComfyUI's scheduler → our schedule. */
export const schedulersOfComfy: Readonly<Record<string, Counterpart>> = {
  normal: { ours: 'normal' },
  karras: { ours: 'karras' },
  exponential: { ours: 'exponential' },
  sgm_uniform: { ours: 'sgm-uniform' },
  simple: { ours: 'simple' },
  ddim_uniform: { ours: 'leading' },
  beta: { ours: 'beta' },
  kl_optimal: { ours: 'kl-optimal' },
  linear_quadratic: { ours: 'simple', nearly: true },
};

const reversed = (table: Readonly<Record<string, Counterpart>>): ReadonlyMap<string, string> => {
  const map = new Map<string, string>();
  for (const [theirs, { ours }] of Object.entries(table)) if (!map.has(ours)) map.set(ours, theirs);
  return map;
};
const samplerNames = reversed(samplersOfComfy);
const schedulerNames = reversed(schedulersOfComfy);

/** Our sampler's parameter for a name of theirs; `euler` where there is none (said by {@link samplerDiffers}). */
export const ourSampler = (name: string): string =>
  Object.hasOwn(samplersOfComfy, name) ? (samplersOfComfy[name]?.ours ?? 'euler') : 'euler';
export const ourSchedule = (name: string): string =>
  Object.hasOwn(schedulersOfComfy, name) ? (schedulersOfComfy[name]?.ours ?? 'normal') : 'normal';
/** Their name for ours: 'euler' and 'normal' are what every version knows. */
export const theirSampler = (name: string): string => samplerNames.get(name) ?? 'euler';
export const theirScheduler = (name: string): string => schedulerNames.get(name) ?? 'normal';

/** Whether the sampler or scheduler of these values is computed differently here. */
export function samplerDiffers(values: Values): readonly Difference[] {
  const found: Difference[] = [];
  const sampler = values['sampler_name'];
  if (typeof sampler === 'string') {
    const known = Object.hasOwn(samplersOfComfy, sampler) ? samplersOfComfy[sampler] : undefined;
    if (!known || known.nearly) found.push({ code: 'sampler', what: sampler });
  }
  const scheduler = values['scheduler'];
  if (typeof scheduler === 'string') {
    const known = Object.hasOwn(schedulersOfComfy, scheduler) ? schedulersOfComfy[scheduler] : undefined;
    if (!known || known.nearly) found.push({ code: 'scheduler', what: scheduler });
  }
  return found;
}

/**
 * Sampler and schedule as our parameters. ComfyUI's dialect makes its `denoise` (the last n of ⌊n/d⌋
 * steps), the levels it drops and its rounding of timesteps the sampler's own.
 */
export const samplerParams = (values: Values): Params => {
  const name = str(values['sampler_name'], 'euler');
  return {
    sampler: ourSampler(name),
    schedule: ourSchedule(str(values['scheduler'], 'normal')),
    dialect: 'comfy',
    ...(name.startsWith('uni_pc') && { variant: name === 'uni_pc' ? 'bh1' : 'bh2' }),
  };
};

/** The sampler's name there, UniPC's variant included. */
export const samplerName = (params: Params): string =>
  params['sampler'] === 'unipc' && params['variant'] !== 'bh1'
    ? 'uni_pc_bh2'
    : theirSampler(str(params['sampler'], 'euler'));
