/** Every sampler, in the order in which they are offered: a test finds files that are not listed. */
import { ddim } from './ddim';
import { ddpm } from './ddpm';
import type { SamplerInfo } from './define-sampler';
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
import { plms } from './plms';
import { unipc } from './unipc';

const all = [
  ddim,
  ddpm,
  plms,
  euler,
  eulerAncestral,
  heun,
  dpm2,
  dpm2Ancestral,
  lms,
  dpmpp2sAncestral,
  dpmpp2m,
  dpmppSde,
  dpmpp2mSde,
  dpmpp3mSde,
  deis,
  unipc,
  lcm,
] as const;

export type SamplerName = (typeof all)[number]['name'];

const byName = <T>(of: (info: SamplerInfo<SamplerName>) => T): Readonly<Record<SamplerName, T>> =>
  Object.fromEntries(all.map((info) => [info.name, of(info)])) as Record<SamplerName, T>;

export const samplerNames: readonly SamplerName[] = all.map(({ name }) => name);
export const samplers = byName((info) => info);
/** What they are called in papers and other tools. */
export const samplerTitles = byName(({ title }) => title);
