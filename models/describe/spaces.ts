/** Latent spaces by the autoencoder's numbers, and how they look in colour. */
import type { FactSource, LatentSpaceInfo } from '@/engine/types';

type Rgb = LatentSpaceInfo['rgb'];

interface KnownSpace {
  readonly space: string;
  readonly channels: number;
  readonly factor: number;
  readonly scale: number;
  readonly shift?: number;
  readonly codes?: number;
  readonly rgb?: Rgb;
}

/** Factors for −1…1 (ComfyUI's `latent_formats.py`) as factors for 0…1. */
const halved = (weight: readonly (readonly number[])[], bias: readonly number[] = [0, 0, 0]): Rgb => ({
  weight: weight.map((row) => row.map((value) => value / 2)),
  bias: bias.map((value) => (value + 1) / 2),
});

/**
 * Spaces that several autoencoders were trained to share: the original of Stable Diffusion 1, its
 * `ft-mse`, that of 2 and TAESD are one. A hash of the network would be too fine.
 */
const knownSpaces: readonly KnownSpace[] = [
  {
    space: 'sd-kl-f8',
    channels: 4,
    factor: 8,
    scale: 0.18215,
    rgb: halved([
      [0.3512, 0.2297, 0.3227],
      [0.325, 0.4974, 0.235],
      [-0.2829, 0.1762, 0.2721],
      [-0.212, -0.2616, -0.7177],
    ]),
  },
  {
    space: 'sdxl-kl-f8',
    channels: 4,
    factor: 8,
    scale: 0.13025,
    rgb: halved(
      [
        [0.3651, 0.4232, 0.4341],
        [-0.2533, -0.0042, 0.1068],
        [0.1076, 0.1111, -0.0362],
        [-0.3165, -0.2492, -0.2188],
      ],
      [0.1084, -0.0175, -0.0011],
    ),
  },
  { space: 'sd-x4-kl-f4', channels: 4, factor: 4, scale: 0.08333 },
  { space: 'ldm-vq-f4', channels: 3, factor: 4, scale: 1, codes: 8192 },
  { space: 'sd3-kl-f8', channels: 16, factor: 8, scale: 1.5305, shift: 0.0609 },
];

/** What tells a latent space. */
export interface SpaceNumbers {
  readonly channels: number;
  readonly factor: number;
  readonly scale: number;
  readonly shift: number;
  readonly codes?: number | undefined;
  /** A tiny autoencoder (TAESD): its latents are scaled already, so that its scale says nothing. */
  readonly tiny?: 'sd-kl-f8' | 'sdxl-kl-f8' | undefined;
}

/** A guess for a space that is not known: grey by the first channels. */
function guessedRgb(channels: number): Rgb {
  return {
    weight: Array.from({ length: channels }, (_, c) =>
      channels === 3 ? [0, 1, 2].map((i) => (i === c ? 0.25 : 0)) : [0.15, 0.15, 0.15],
    ),
    bias: [0.5, 0.5, 0.5],
  };
}

/**
 * The latent space of an autoencoder, and by what it was told. `fingerprint` (of the decoder) names
 * one that is not known: nobody else's latents fit it.
 */
export function latentSpace(
  numbers: SpaceNumbers,
  fingerprint: string,
): { readonly latent: LatentSpaceInfo; readonly from: FactSource } {
  const { channels, factor, scale, shift, codes, tiny } = numbers;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b));
  const found = knownSpaces.find((known) =>
    tiny === undefined
      ? known.channels === channels &&
        known.factor === factor &&
        near(known.scale, scale) &&
        near(known.shift ?? 0, shift) &&
        known.codes === codes
      : known.space === tiny && known.channels === channels && known.factor === factor,
  );
  const space = found?.space ?? `vae:${fingerprint.slice(0, 12)}`;
  return {
    latent: { space, channels, factor, rgb: found?.rgb ?? guessedRgb(channels) },
    from: found ? { kind: 'table' } : { kind: 'weights' },
  };
}
