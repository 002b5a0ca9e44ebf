/**
 * The one list of samplers: what each is called and what is known of it, apart
 * from its arithmetic, so that the page can show names without fetching any.
 * A sampler is a file of its own beside this one; `samplers.ts` joins both, and
 * its type refuses a name without an algorithm.
 */

/** What is known of a sampling algorithm. */
export interface SamplerFacts {
  /** What it is called in papers and other tools. */
  readonly title: string;
  /** Draws noise when `eta` > 0, or always where it has no η. */
  readonly stochastic: boolean;
  /** Share of fresh noise unless the person says another. */
  readonly eta: number;
  /** For multistep methods: order unless the person says another, and the highest one; 1 and 1 where it has none. */
  readonly order: number;
  readonly highestOrder: number;
  /** Needs the unconditional prediction beside the guided one. */
  readonly unconditional: boolean;
  /** Walks from a clean latent up to noise: its levels rise. */
  readonly rising: boolean;
}

const ode = (title: string, order = 1, highestOrder = order): SamplerFacts => ({
  title,
  stochastic: false,
  eta: 0,
  order,
  highestOrder,
  unconditional: false,
  rising: false,
});
const sde = (title: string, eta = 1): SamplerFacts => ({ ...ode(title), stochastic: true, eta });
const cfgPlusPlus = (facts: SamplerFacts): SamplerFacts => ({ ...facts, unconditional: true });

export const samplerFacts = {
  ddim: sde('DDIM', 0),
  'ddim-inverse': { ...ode('DDIM inverse'), rising: true },
  ddpm: sde('DDPM'),
  plms: ode('PLMS', 4),
  euler: ode('Euler'),
  'euler-cfgpp': cfgPlusPlus(ode('Euler CFG++')),
  'euler-ancestral': sde('Euler ancestral'),
  'euler-ancestral-cfgpp': cfgPlusPlus(sde('Euler ancestral CFG++')),
  heun: ode('Heun'),
  heunpp2: ode('Heun++ 2'),
  dpm2: ode('DPM2'),
  'dpm2-ancestral': sde('DPM2 ancestral'),
  lms: ode('LMS', 4),
  'dpmpp-2s-ancestral': sde('DPM++ 2S ancestral'),
  'dpmpp-2s-ancestral-cfgpp': cfgPlusPlus(sde('DPM++ 2S ancestral CFG++')),
  'dpmpp-2m': ode('DPM++ 2M'),
  'dpmpp-2m-cfgpp': cfgPlusPlus(ode('DPM++ 2M CFG++')),
  'dpmpp-sde': sde('DPM++ SDE'),
  'dpmpp-2m-sde': sde('DPM++ 2M SDE'),
  'dpmpp-2m-sde-heun': sde('DPM++ 2M SDE Heun'),
  'dpmpp-3m-sde': sde('DPM++ 3M SDE'),
  'er-sde': { ...sde('ER-SDE'), order: 3, highestOrder: 3 },
  ipndm: ode('iPNDM', 4),
  'ipndm-v': ode('iPNDM-v', 4),
  deis: ode('DEIS', 3, 4),
  unipc: ode('UniPC', 2, 3),
  'res-multistep': ode('RES multistep'),
  'gradient-estimation': ode('Gradient estimation'),
  lcm: sde('LCM'),
} as const satisfies Record<string, SamplerFacts>;

export type SamplerName = keyof typeof samplerFacts;

const isName = (name: string): name is SamplerName => Object.hasOwn(samplerFacts, name);
const names = Object.keys(samplerFacts).filter(isName);
const [first = 'ddim', ...rest] = names;
/** Every name, in the order in which they are offered. */
export const samplerNames: readonly [SamplerName, ...SamplerName[]] = [first, ...rest];

/** What they are called in papers and other tools. */
export const samplerTitles: Readonly<Record<string, string>> = Object.fromEntries(
  names.map((name) => [name, samplerFacts[name].title]),
);
