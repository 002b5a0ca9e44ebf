/** The samplers by name. */
import { ddim } from './ddim';
import { ddpm } from './ddpm';
import { deis } from './deis';
import { dpm2 } from './dpm2';
import { dpm2Ancestral } from './dpm2-ancestral';
import { dpmpp2m } from './dpmpp-2m';
import { dpmpp2mSde } from './dpmpp-2m-sde';
import { dpmpp2sAncestral } from './dpmpp-2s-ancestral';
import { dpmpp3mSde } from './dpmpp-3m-sde';
import { dpmppSde } from './dpmpp-sde';
import { euler } from './euler';
import { eulerAncestral } from './euler-ancestral';
import { heun } from './heun';
import { lcm } from './lcm';
import { lms } from './lms';
import type { Sampler } from './loop';
import { plms } from './plms';
import type { SamplerName } from './sampler-names';
import { unipc } from './unipc';

/** An algorithm and what is known of it. */
export interface SamplerInfo {
  readonly run: Sampler;
  /** Draws noise when `eta` > 0 (or always, where it has no η). */
  readonly stochastic: boolean;
  readonly defaults: { readonly eta: number; readonly order: number };
}

const deterministic = (run: Sampler, order = 1): SamplerInfo => ({
  run,
  stochastic: false,
  defaults: { eta: 0, order },
});
const stochastic = (run: Sampler): SamplerInfo => ({ run, stochastic: true, defaults: { eta: 1, order: 1 } });

export const samplers: Readonly<Record<SamplerName, SamplerInfo>> = {
  ddim: { run: ddim, stochastic: true, defaults: { eta: 0, order: 1 } },
  ddpm: stochastic(ddpm),
  plms: deterministic(plms, 4),
  euler: deterministic(euler),
  'euler-ancestral': stochastic(eulerAncestral),
  heun: deterministic(heun),
  dpm2: deterministic(dpm2),
  'dpm2-ancestral': stochastic(dpm2Ancestral),
  lms: deterministic(lms, 4),
  'dpmpp-2s-ancestral': stochastic(dpmpp2sAncestral),
  'dpmpp-2m': deterministic(dpmpp2m),
  'dpmpp-sde': stochastic(dpmppSde),
  'dpmpp-2m-sde': stochastic(dpmpp2mSde),
  'dpmpp-3m-sde': stochastic(dpmpp3mSde),
  deis: deterministic(deis, 3),
  unipc: deterministic(unipc, 3),
  lcm: stochastic(lcm),
};
