/**
 * What ComfyUI and A1111 call samplers and schedules, as parameters of our Sampler node: for importers and exporters.
 * Names that we do not have map onto the nearest, and say so.
 */
import type { SamplerName } from './samplers';
import type { ScheduleName } from './schedules';

/** Parameters of the Sampler node that a name stands for. Those left out keep their defaults. */
export interface NamedSampler {
  readonly sampler: SamplerName;
  readonly order?: number;
  readonly variant?: 'bh1' | 'bh2';
  /** Only resembles what the name means there. */
  readonly near?: true;
}

const near = (sampler: SamplerName): NamedSampler => ({ sampler, near: true });

/** ComfyUI's `sampler_name`. The `_gpu` forms differ in where their noise is drawn alone. */
export const comfySamplers: Readonly<Record<string, NamedSampler>> = {
  euler: { sampler: 'euler' },
  euler_cfg_pp: { sampler: 'euler-cfgpp' },
  euler_ancestral: { sampler: 'euler-ancestral' },
  euler_ancestral_cfg_pp: { sampler: 'euler-ancestral-cfgpp' },
  heun: { sampler: 'heun' },
  heunpp2: { sampler: 'heunpp2' },
  dpm_2: { sampler: 'dpm2' },
  dpm_2_ancestral: { sampler: 'dpm2-ancestral' },
  lms: { sampler: 'lms' },
  dpmpp_2s_ancestral: { sampler: 'dpmpp-2s-ancestral' },
  dpmpp_2s_ancestral_cfg_pp: { sampler: 'dpmpp-2s-ancestral-cfgpp' },
  dpmpp_sde: { sampler: 'dpmpp-sde' },
  dpmpp_sde_gpu: { sampler: 'dpmpp-sde' },
  dpmpp_2m: { sampler: 'dpmpp-2m' },
  dpmpp_2m_cfg_pp: { sampler: 'dpmpp-2m-cfgpp' },
  dpmpp_2m_sde: { sampler: 'dpmpp-2m-sde' },
  dpmpp_2m_sde_gpu: { sampler: 'dpmpp-2m-sde' },
  dpmpp_2m_sde_heun: { sampler: 'dpmpp-2m-sde-heun' },
  dpmpp_2m_sde_heun_gpu: { sampler: 'dpmpp-2m-sde-heun' },
  dpmpp_3m_sde: { sampler: 'dpmpp-3m-sde' },
  dpmpp_3m_sde_gpu: { sampler: 'dpmpp-3m-sde' },
  ddpm: { sampler: 'ddpm' },
  lcm: { sampler: 'lcm' },
  ipndm: { sampler: 'ipndm' },
  ipndm_v: { sampler: 'ipndm-v' },
  deis: { sampler: 'deis', order: 3 },
  res_multistep: { sampler: 'res-multistep' },
  gradient_estimation: { sampler: 'gradient-estimation' },
  er_sde: { sampler: 'er-sde' },
  ddim: { sampler: 'ddim' },
  uni_pc: { sampler: 'unipc', order: 3, variant: 'bh1' },
  uni_pc_bh2: { sampler: 'unipc', order: 3, variant: 'bh2' },
  dpm_fast: near('dpm2'),
  dpm_adaptive: near('dpmpp-2m'),
  exp_heun_2_x0: near('heun'),
  exp_heun_2_x0_sde: near('dpmpp-sde'),
  seeds_2: near('dpmpp-sde'),
  seeds_3: near('dpmpp-3m-sde'),
  sa_solver: near('dpmpp-2m-sde'),
  sa_solver_pece: near('dpmpp-sde'),
  res_multistep_cfg_pp: near('dpmpp-2m-cfgpp'),
  res_multistep_ancestral: near('dpmpp-2m-sde'),
  res_multistep_ancestral_cfg_pp: near('euler-ancestral-cfgpp'),
  gradient_estimation_cfg_pp: near('euler-cfgpp'),
};

/** ComfyUI's `scheduler`. */
export const comfySchedulers: Readonly<Record<string, ScheduleName>> = {
  normal: 'normal',
  karras: 'karras',
  exponential: 'exponential',
  sgm_uniform: 'sgm-uniform',
  simple: 'simple',
  ddim_uniform: 'ddim-uniform',
  beta: 'beta',
  linear_quadratic: 'linear-quadratic',
  kl_optimal: 'kl-optimal',
};

/** A1111's "Sampler", without the schedule that older versions write behind it. */
export const a1111Samplers: Readonly<Record<string, NamedSampler>> = {
  'DPM++ 2M': { sampler: 'dpmpp-2m' },
  'DPM++ SDE': { sampler: 'dpmpp-sde' },
  'DPM++ 2M SDE': { sampler: 'dpmpp-2m-sde' },
  'DPM++ 2M SDE Heun': { sampler: 'dpmpp-2m-sde-heun' },
  'DPM++ 2S a': { sampler: 'dpmpp-2s-ancestral' },
  'DPM++ 3M SDE': { sampler: 'dpmpp-3m-sde' },
  'Euler a': { sampler: 'euler-ancestral' },
  Euler: { sampler: 'euler' },
  LMS: { sampler: 'lms' },
  Heun: { sampler: 'heun' },
  DPM2: { sampler: 'dpm2' },
  'DPM2 a': { sampler: 'dpm2-ancestral' },
  'DPM fast': near('dpm2'),
  'DPM adaptive': near('dpmpp-2m'),
  Restart: near('heun'),
  DDIM: { sampler: 'ddim' },
  'DDIM CFG++': near('euler-cfgpp'),
  PLMS: { sampler: 'plms' },
  UniPC: { sampler: 'unipc', order: 3, variant: 'bh1', near: true },
  LCM: { sampler: 'lcm' },
};

/** A1111's "Schedule type". Its own automatic choice and its DDIM family's schedule depend on the sampler. */
export const a1111Schedules: Readonly<Record<string, ScheduleName>> = {
  Uniform: 'normal',
  Karras: 'karras',
  Exponential: 'exponential',
  Polyexponential: 'polyexponential',
  'SGM Uniform': 'sgm-uniform',
  'KL Optimal': 'kl-optimal',
  Simple: 'simple',
  Normal: 'normal',
  DDIM: 'ddim-uniform',
  Beta: 'beta',
};

/** What A1111 takes where no schedule is written ("Automatic"). */
const automatic: Readonly<Record<string, ScheduleName>> = {
  'DPM++ 2M': 'karras',
  'DPM++ SDE': 'karras',
  'DPM++ 2M SDE': 'exponential',
  'DPM++ 2M SDE Heun': 'exponential',
  'DPM++ 2S a': 'karras',
  'DPM++ 3M SDE': 'exponential',
  DPM2: 'karras',
  'DPM2 a': 'karras',
  Restart: 'karras',
  DDIM: 'leading',
  'DDIM CFG++': 'leading',
  PLMS: 'leading',
  UniPC: 'leading',
};

/** A sampler and its schedule as another tool names them. */
export interface Named extends NamedSampler {
  readonly schedule: ScheduleName;
}

/** ComfyUI's pair of names; undefined where one is not known. */
export function fromComfy(sampler: string, scheduler: string): Named | undefined {
  const known = Object.hasOwn(comfySamplers, sampler) ? comfySamplers[sampler] : undefined;
  const schedule = Object.hasOwn(comfySchedulers, scheduler) ? comfySchedulers[scheduler] : undefined;
  return known && schedule ? { ...known, schedule } : undefined;
}

/** ComfyUI's names of parameters of our Sampler; undefined where it has none. */
export function toComfy(params: {
  readonly sampler: SamplerName;
  readonly schedule: ScheduleName;
  readonly variant?: 'bh1' | 'bh2';
}): { readonly sampler: string; readonly scheduler: string } | undefined {
  const sampler = Object.entries(comfySamplers).find(
    ([, named]) =>
      named.sampler === params.sampler &&
      named.near !== true &&
      (named.variant === undefined || named.variant === (params.variant ?? 'bh2')),
  )?.[0];
  const scheduler = Object.entries(comfySchedulers).find(([, schedule]) => schedule === params.schedule)?.[0];
  return sampler !== undefined && scheduler !== undefined ? { sampler, scheduler } : undefined;
}

/**
 * A1111's "Sampler: DPM++ 2M Karras" (older) or "Sampler: DPM++ 2M, Schedule type: Karras" (newer); undefined where the
 * sampler is not known. An unknown schedule counts as none.
 */
export function fromA1111(sampler: string, scheduleType?: string): Named | undefined {
  const suffix = Object.keys(a1111Schedules).find((name) => sampler.endsWith(` ${name}`));
  const name = suffix === undefined ? sampler : sampler.slice(0, -suffix.length - 1);
  const known = Object.hasOwn(a1111Samplers, name) ? a1111Samplers[name] : undefined;
  if (!known) return undefined;
  const written = scheduleType ?? suffix ?? '';
  const schedule = Object.hasOwn(a1111Schedules, written) ? a1111Schedules[written] : undefined;
  return { ...known, schedule: schedule ?? automatic[name] ?? 'normal' };
}
