/** Facts about a package, and how its makers sample it: what opened packages and descriptions both say. */

/** Where a fact was found. `file`: the package's own word; `weights`: shapes and names; `table`: the known family; `guess`: none of them. */
export type FactSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'weights' | 'table' | 'guess' };

/** One fact, for display: a wrong picture is traced by them. */
export interface PackageFact {
  /** Stable, e.g. `prediction`, `scale`, `nativeSize`. */
  readonly name: string;
  readonly value: string | number | boolean;
  readonly from: FactSource;
}

/** How the model's makers sample it. What a package does not say is left out. */
export interface Recommendation {
  readonly sampler?: string;
  /** Name of a schedule of *Sampler* and *Schedule*. */
  readonly schedule?: string;
  readonly steps?: number;
  /** Classifier-free guidance, or the guidance that is embedded; 1 = off. */
  readonly guidance?: number;
  /** Added to every timestep of the `leading` spacing (diffusers' `steps_offset`); 1 where left out. */
  readonly stepsOffset?: number;
  /**
   * How the start noise n is scaled: x = √(1 + σ²)·n (`variance`, the forward process's own) or
   * x = σ·n (`sigma`: k-diffusion, and diffusers' Euler on other spacings than leading). Default `variance`.
   */
  readonly start?: 'variance' | 'sigma';
  /** Levels that a `lcm` schedule chooses from (diffusers' `original_inference_steps`); 50 where left out. */
  readonly originalSteps?: number;
}

/** What the image part of a condition must be, channel by channel after the latent's own. */
export type ImageChannels =
  /** Mask (1), then the masked picture's latent: Stable Diffusion inpainting in diffusers. */
  | 'mask+masked'
  /** The masked latent, then the mask: the CompVis order, and ours. */
  | 'masked+mask'
  /** A latent as it flows on wires. */
  | 'latent'
  /** A latent before its scale: InstructPix2Pix. */
  | 'latent-unscaled'
  /** Pixels at latent size: upscalers. */
  | 'pixels';
