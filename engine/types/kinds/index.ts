/** The kinds of things that flow on edges. A kind is one file and two lines here. */
import { image } from './image';
import { mask } from './mask';
import { semanticMap } from './semantic-map';
import { latent } from './latent';
import { codes } from './codes';
import { conditioning } from './conditioning';
import { conditioner } from './conditioner';
import { unet } from './unet';
import { denoiser } from './denoiser';
import { firstStage } from './first-stage';
import { noise } from './noise';
import { schedule } from './schedule';
import { sampler } from './sampler';
import { number } from './number';
import { text } from './text';
import type { KindDescriptor } from './kind';

export type { ImageValue } from './image';
export type { MaskValue } from './mask';
export type { SemanticMapValue } from './semantic-map';
export type { LatentValue, NoisyState } from './latent';
export type { CodesValue } from './codes';
export type {
  ConditioningArea,
  ConditioningPart,
  ConditioningPartName,
  ConditioningValue,
  PictureSizes,
} from './conditioning';
export type { ConditionerValue } from './conditioner';
export type { UNetValue } from './unet';
export type { DenoiseCall, DenoiserValue } from './denoiser';
export type { FirstStageValue } from './first-stage';
export type { NoiseValue } from './noise';
export type { ScheduleValue } from './schedule';
export type { SamplerValue } from './sampler';
export type { NumberValue } from './number';
export type { TextValue } from './text';

export const kinds = {
  image,
  mask,
  'semantic-map': semanticMap,
  latent,
  codes,
  conditioning,
  conditioner,
  unet,
  denoiser,
  'first-stage': firstStage,
  noise,
  schedule,
  sampler,
  number,
  text,
};

export type PortKind = keyof typeof kinds;
type ValueIn<Descriptor> = Descriptor extends KindDescriptor<infer Value> ? Value : never;
/** The value type of each port kind. */
export type ValueOf = { readonly [K in PortKind]: ValueIn<(typeof kinds)[K]> };
export type AnyValue = ValueOf[PortKind];

/** Every kind, in the order in which they are listed to people. */
export const portKinds = Object.keys(kinds) as readonly PortKind[];

/** What is known of a kind. */
export const kindOf = <K extends PortKind>(kind: K): KindDescriptor<ValueOf[K]> =>
  // TypeScript does not follow that a record's member has the type of its own key.
  kinds[kind] as unknown as KindDescriptor<ValueOf[K]>;
