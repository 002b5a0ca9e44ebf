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
