/** Every sampler, in the order in which they are offered: a test finds files that are not listed. */
import { ddim } from './ddim';
import { ddimInverse } from './ddim-inverse';
import { ddpm } from './ddpm';
import type { SamplerInfo } from './define-sampler';
import { deis } from './deis';
import { dpm2 } from './dpm2';
import { dpm2Ancestral } from './dpm2-ancestral';
import { dpmpp2m } from './dpmpp-2m';
import { dpmpp2mCfgpp } from './dpmpp-2m-cfgpp';
import { dpmpp2mSde } from './dpmpp-2m-sde';
import { dpmpp2mSdeHeun } from './dpmpp-2m-sde-heun';
import { dpmpp2sAncestral } from './dpmpp-2s-ancestral';
import { dpmpp2sAncestralCfgpp } from './dpmpp-2s-ancestral-cfgpp';
import { dpmpp3mSde } from './dpmpp-3m-sde';
import { dpmppSde } from './dpmpp-sde';
import { erSde } from './er-sde';
import { euler } from './euler';
import { eulerAncestral } from './euler-ancestral';
import { eulerAncestralCfgpp } from './euler-ancestral-cfgpp';
import { eulerCfgpp } from './euler-cfgpp';
import { gradientEstimation } from './gradient-estimation';
import { heun } from './heun';
import { heunpp2 } from './heunpp2';
import { ipndm } from './ipndm';
import { ipndmV } from './ipndm-v';
import { lcm } from './lcm';
import { lms } from './lms';
import { plms } from './plms';
import { resMultistep } from './res-multistep';
import { unipc } from './unipc';

const all = [
  ddim,
  ddimInverse,
  ddpm,
  plms,
  euler,
  eulerCfgpp,
  eulerAncestral,
  eulerAncestralCfgpp,
  heun,
  heunpp2,
  dpm2,
  dpm2Ancestral,
  lms,
  dpmpp2sAncestral,
  dpmpp2sAncestralCfgpp,
  dpmpp2m,
  dpmpp2mCfgpp,
  dpmppSde,
  dpmpp2mSde,
  dpmpp2mSdeHeun,
  dpmpp3mSde,
  erSde,
  ipndm,
  ipndmV,
  deis,
  unipc,
  resMultistep,
  gradientEstimation,
  lcm,
] as const;

export type SamplerName = (typeof all)[number]['name'];

const byName = <T>(of: (info: SamplerInfo<SamplerName>) => T): Readonly<Record<SamplerName, T>> =>
  Object.fromEntries(all.map((info) => [info.name, of(info)])) as Record<SamplerName, T>;

export const samplerNames: readonly SamplerName[] = all.map(({ name }) => name);
export const samplers = byName((info) => info);
/** What they are called in papers and other tools. */
export const samplerTitles = byName(({ title }) => title);
