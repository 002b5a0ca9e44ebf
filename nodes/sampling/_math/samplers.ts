/** The samplers by name: the facts of `sampler-list.ts` joined with the algorithms. */
import { ddim } from './ddim';
import { ddimInverse } from './ddim-inverse';
import { ddpm } from './ddpm';
import { deis } from './deis';
import { dpm2 } from './dpm2';
import { dpm2Ancestral } from './dpm2-ancestral';
import { dpmpp2m } from './dpmpp-2m';
import { dpmpp2mCfgpp } from './dpmpp-2m-cfgpp';
import { dpmpp2mSde, dpmpp2mSdeHeun } from './dpmpp-2m-sde';
import { dpmpp2sAncestral } from './dpmpp-2s-ancestral';
import { dpmpp2sAncestralCfgpp } from './dpmpp-2s-ancestral-cfgpp';
import { dpmpp3mSde } from './dpmpp-3m-sde';
import { dpmppSde } from './dpmpp-sde';
import { erSde } from './er-sde';
import { euler } from './euler';
import { eulerAncestral } from './euler-ancestral';
import { eulerAncestralCfgpp, eulerCfgpp } from './euler-cfgpp';
import { gradientEstimation } from './gradient-estimation';
import { heun } from './heun';
import { heunpp2 } from './heunpp2';
import { ipndm } from './ipndm';
import { ipndmV } from './ipndm-v';
import { lcm } from './lcm';
import { lms } from './lms';
import type { Sampler } from './loop';
import { plms } from './plms';
import { resMultistep } from './res-multistep';
import type { SamplerName } from './sampler-list';
import { unipc } from './unipc';

export const samplers = {
  ddim,
  'ddim-inverse': ddimInverse,
  ddpm,
  plms,
  euler,
  'euler-cfgpp': eulerCfgpp,
  'euler-ancestral': eulerAncestral,
  'euler-ancestral-cfgpp': eulerAncestralCfgpp,
  heun,
  heunpp2,
  dpm2,
  'dpm2-ancestral': dpm2Ancestral,
  lms,
  'dpmpp-2s-ancestral': dpmpp2sAncestral,
  'dpmpp-2s-ancestral-cfgpp': dpmpp2sAncestralCfgpp,
  'dpmpp-2m': dpmpp2m,
  'dpmpp-2m-cfgpp': dpmpp2mCfgpp,
  'dpmpp-sde': dpmppSde,
  'dpmpp-2m-sde': dpmpp2mSde,
  'dpmpp-2m-sde-heun': dpmpp2mSdeHeun,
  'dpmpp-3m-sde': dpmpp3mSde,
  'er-sde': erSde,
  ipndm,
  'ipndm-v': ipndmV,
  deis,
  unipc,
  'res-multistep': resMultistep,
  'gradient-estimation': gradientEstimation,
  lcm,
} as const satisfies Record<SamplerName, Sampler>;
