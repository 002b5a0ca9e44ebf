import type { LatentSpaceInfo, UNet } from '../model';
import type { Tensor, TensorOps } from '../tensor';
import { defineKind, space, spaceFields, unique, valueSchema } from './kind';

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

export const denoiser = defineKind<DenoiserValue>({
  /** `batch`: of its conditions. */
  fields: ['space', 'channels', 'factor', 'batch'],
  schema: valueSchema<DenoiserValue>('denoiser', { space }),
  tensors: ({ tensors }) => unique(tensors ?? []),
  opaque: ({ tensors }) => tensors === undefined,
  known: (value) => spaceFields(value.space),
});
