/** What the samplers are called, apart from their arithmetic: the page shows names only. */
export const samplerNames = [
  'ddim',
  'ddpm',
  'plms',
  'euler',
  'euler-ancestral',
  'heun',
  'dpm2',
  'dpm2-ancestral',
  'lms',
  'dpmpp-2s-ancestral',
  'dpmpp-2m',
  'dpmpp-sde',
  'dpmpp-2m-sde',
  'dpmpp-3m-sde',
  'deis',
  'unipc',
  'lcm',
] as const;
export type SamplerName = (typeof samplerNames)[number];

/** What they are called in papers and other tools. */
export const samplerTitles: Readonly<Record<SamplerName, string>> = {
  ddim: 'DDIM',
  ddpm: 'DDPM',
  plms: 'PLMS',
  euler: 'Euler',
  'euler-ancestral': 'Euler ancestral',
  heun: 'Heun',
  dpm2: 'DPM2',
  'dpm2-ancestral': 'DPM2 ancestral',
  lms: 'LMS',
  'dpmpp-2s-ancestral': 'DPM++ 2S ancestral',
  'dpmpp-2m': 'DPM++ 2M',
  'dpmpp-sde': 'DPM++ SDE',
  'dpmpp-2m-sde': 'DPM++ 2M SDE',
  'dpmpp-3m-sde': 'DPM++ 3M SDE',
  deis: 'DEIS',
  unipc: 'UniPC',
  lcm: 'LCM',
};
