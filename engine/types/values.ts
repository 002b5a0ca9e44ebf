/**
 * The values that flow on edges, one type per port kind, and the ports that
 * carry them. A port couples a {@link PortType} (checked when wiring) with a
 * zod check of the value (checked at run time), which also gives the
 * TypeScript type that a node's `run` sees.
 */
import { z } from 'zod';
import type { Conditioner, FirstStage, LabelSet, LatentSpaceInfo, UNet } from './model';
import type { PortKind, PortType } from './port';
import type { Tensor, TensorOps } from './tensor';
import type { TypeExpression } from './type-expression';

/** float32 [B, 3, H, W] in −1…1. */
export interface ImageValue {
  readonly kind: 'image';
  readonly pixels: Tensor;
}
/** float32 [B, 1, H, W] in 0…1; 1 = regenerate. */
export interface MaskValue {
  readonly kind: 'mask';
  readonly mask: Tensor;
}
/** uint8 [B, H, W]: indices into `labels`. */
export interface SemanticMapValue {
  readonly kind: 'semantic-map';
  readonly labels: LabelSet;
  readonly map: Tensor;
}
/** float32 [B, C, h, w], normalised (about unit variance), in one latent space. */
export interface LatentValue {
  readonly kind: 'latent';
  readonly space: LatentSpaceInfo;
  readonly samples: Tensor;
  /** Present when a sampling stopped half-way: `samples` are x_t in the variance-preserving scale, x/√(1 + σ²). */
  readonly noisy?: NoisyState;
}
/** Where a sampling stopped, so that another sampler node goes on from there exactly. */
export interface NoisyState {
  readonly sigma: number;
  /** The algorithm whose `history` this is. */
  readonly sampler: string;
  /** Noise levels of the steps before, newest first: a multistep method resumes only on the same grid. */
  readonly before: readonly number[];
  /** What a multistep method remembers, newest first. Owned with the value. */
  readonly history: readonly Tensor[];
}
/** int32 [B, h, w]: VQ codebook indices. */
export interface CodesValue {
  readonly kind: 'codes';
  readonly space: LatentSpaceInfo;
  readonly codes: Tensor;
}

export type ConditioningPartName = 'text' | 'class' | 'map' | 'image';
/** One part: its embedding and where it goes (paper §3.3: cross-attention or concatenation). */
export type ConditioningPart =
  | {
      readonly part: 'text' | 'class';
      /** [1|B, S, width] */
      readonly context: Tensor;
      /** For display: the prompt or the class name. */
      readonly label: string;
    }
  | {
      readonly part: 'map' | 'image';
      /** uint8 [1|B, H, W] indices (map) or float32 [1|B, C, h, w] (image); brought to latent size by the U-Net node. */
      readonly concat: Tensor;
      readonly label: string;
    };
/**
 * What a U-Net is conditioned on. Parts that are absent take their null value.
 * `entries` lets several conditionings be mixed by weight and over ranges of the sampling.
 */
export interface ConditioningValue {
  readonly kind: 'conditioning';
  readonly conditioner: Conditioner;
  readonly entries: readonly {
    readonly parts: Partial<Readonly<Record<ConditioningPartName, ConditioningPart>>>;
    readonly weight: number;
    /** Fraction of the sampling at which it begins and ends to count, 0…1. */
    readonly start: number;
    readonly end: number;
  }[];
}
export interface ConditionerValue {
  readonly kind: 'conditioner';
  readonly conditioner: Conditioner;
}
export interface UNetValue {
  readonly kind: 'unet';
  readonly unet: UNet;
}
export interface FirstStageValue {
  readonly kind: 'first-stage';
  readonly firstStage: FirstStage;
}
/** How one evaluation of a denoiser is called. */
export interface DenoiseCall {
  readonly ops: TensorOps;
  readonly signal: AbortSignal;
  /** The network is told the nearest training step instead of the fractional one (ComfyUI's convention). */
  readonly roundTimesteps?: boolean;
  /**
   * Given where the prediction without a condition is wanted beside the guided one (CFG++): it is then evaluated even where
   * guidance would not need it, and handed over before the call ends. It belongs to `ops`.
   */
  readonly unconditional?: (denoised: Tensor) => void;
}
/** Predicts x̂₀ from x = x₀ + σ·n (Karras et al. 2206.00364's D(x; σ)): guidance, scaling and parameterisation inside. */
export interface DenoiserValue {
  readonly kind: 'denoiser';
  readonly space: LatentSpaceInfo;
  readonly unet: UNet;
  /**
   * x float32 [B, C, h, w] at noise level sigma → predicted x₀, same shape.
   * `at` is the fraction of the sampling done (0…1), for conditioning ranges. The result belongs to `ops`.
   */
  denoise(x: Tensor, sigma: number, at: number, call: DenoiseCall): Promise<Tensor>;
  /**
   * The same function with everything that depends only on the shape [B, C, h, w]
   * (batched contexts, maps at latent size) made once, in the scope of `call.ops`.
   * Samplers use it for a whole sampling.
   */
  prepare?(
    dims: readonly number[],
    call: { readonly ops: TensorOps; readonly signal: AbortSignal },
  ): Promise<DenoiserValue['denoise']>;
  /** The tensors that the functions above read: owned with the value. */
  readonly tensors?: readonly Tensor[];
}
/** Unit-variance start noise and the seed that stochastic samplers go on drawing from. */
export interface NoiseValue {
  readonly kind: 'noise';
  readonly space: LatentSpaceInfo;
  /** float32 [B, C, h, w] ~ N(0, I). */
  readonly samples: Tensor;
  readonly seed: bigint;
  /** Index of the first batch element in its stream, so that element k of a batch can be made alone. Default 0. */
  readonly firstElement?: number;
  /** Every element of the batch is the same noise; samplers then draw one element for all, too. Default false. */
  readonly same?: boolean;
}
/** Noise levels σ₀ > … > σ_n, the last one 0 for a whole sampling (k-diffusion's convention). */
export interface ScheduleValue {
  readonly kind: 'schedule';
  readonly sigmas: Float64Array;
}
/** A sampling algorithm by name, with its options. */
export interface SamplerValue {
  readonly kind: 'sampler';
  readonly name: string;
  readonly options: Readonly<Record<string, number | boolean | string>>;
}
export interface NumberValue {
  readonly kind: 'number';
  readonly value: number;
}
export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
}

/** The value type of each port kind. */
export interface ValueOf {
  image: ImageValue;
  mask: MaskValue;
  'semantic-map': SemanticMapValue;
  latent: LatentValue;
  codes: CodesValue;
  conditioning: ConditioningValue;
  conditioner: ConditionerValue;
  unet: UNetValue;
  denoiser: DenoiserValue;
  'first-stage': FirstStageValue;
  noise: NoiseValue;
  schedule: ScheduleValue;
  sampler: SamplerValue;
  number: NumberValue;
  text: TextValue;
}
export type AnyValue = ValueOf[PortKind];

/**
 * A check that a value carries its kind's tag. Values are made by nodes of this
 * process, never parsed from bytes, so the tag is the boundary; tensor shapes
 * are checked by the executor against the inferred port type.
 */
function valueSchema<K extends PortKind>(kind: K): z.ZodType<ValueOf[K]> {
  return z.custom<ValueOf[K]>(
    (value) => typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind,
    { error: `expected a value of kind "${kind}"` },
  );
}

/** A port of a node. */
export interface Port<K extends PortKind = PortKind> {
  readonly type: PortType & { readonly kind: K };
  readonly value: z.ZodType<ValueOf[K]>;
  /** An input that may stay unconnected. */
  readonly optional?: boolean;
  /** An input that is only computed when `run` asks for it (a switch). */
  readonly lazy?: boolean;
  /** Short help, English; the catalogue translates by `nodes.<id>.ports.<port>`. */
  readonly doc?: string;
}

type Flags = { readonly doc?: string };

/** A required port of `kind` with these fields. */
export function port<K extends PortKind>(
  kind: K,
  fields?: Record<string, TypeExpression>,
  flags?: Flags,
): Port<K>;
export function port<
  K extends PortKind,
  F extends Flags & { readonly optional?: true; readonly lazy?: true },
>(kind: K, fields: Record<string, TypeExpression>, flags: F): Port<K> & F;
export function port<K extends PortKind>(
  kind: K,
  fields: Record<string, TypeExpression> = {},
  flags: Flags = {},
): Port<K> {
  return { type: { kind, fields }, value: valueSchema(kind), ...flags };
}
