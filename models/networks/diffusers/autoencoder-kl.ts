/** AutoencoderKL of diffusers: the first stage of Stable Diffusion. Its latents are as the network has them: unscaled. */
import { z } from 'zod';
import type { NetworkDescription } from '@/engine/types';
import { NetworkBuilder } from '../builder';
import { autoencoderFields, decoder, encoder, factorOf } from './autoencoder';
import { parseConfig } from './config';

export const autoencoderKlConfig = z.object({
  ...autoencoderFields,
  use_quant_conv: z.boolean().default(true),
  use_post_quant_conv: z.boolean().default(true),
  scaling_factor: z.number().positive().nullish(),
  shift_factor: z.number().nullish(),
});

/** sample [B, 3, H, W] in −1…1 → latent_parameters [B, 2·C, h, w]: mean and log-variance. */
export function klEncoder(config: unknown, name = 'encoder'): NetworkDescription {
  const c = parseConfig(autoencoderKlConfig, config, name);
  const b = new NetworkBuilder(name);
  const picture = b.input('sample', ['batch', c.in_channels, 'height', 'width'], { multipleOf: factorOf(c) });
  const out = 2 * c.latent_channels;
  const h = encoder(b, c, picture, out);
  b.output('latent_parameters', c.use_quant_conv ? b.conv('quant_conv', h, out, { kernel: 1 }) : h);
  return b.description();
}

/** latent_sample [B, C, h, w] → sample [B, 3, H, W], not clamped. */
export function klDecoder(config: unknown, name = 'decoder'): NetworkDescription {
  const c = parseConfig(autoencoderKlConfig, config, name);
  const b = new NetworkBuilder(name);
  const latent = b.input('latent_sample', ['batch', c.latent_channels, 'height', 'width']);
  const z0 = c.use_post_quant_conv
    ? b.conv('post_quant_conv', latent, c.latent_channels, { kernel: 1 })
    : latent;
  b.output('sample', decoder(b, c, z0, c.out_channels));
  return b.description();
}
