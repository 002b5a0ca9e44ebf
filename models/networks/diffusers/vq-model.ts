/** VQModel of diffusers: the first stage of CompVis' latent diffusion. The decoder quantises (paper §3.1). */
import { z } from 'zod';
import type { NetworkDescription } from '@/engine/types';
import { NetworkBuilder, weight } from '../builder';
import { autoencoderFields, decoder, encoder, factorOf } from './autoencoder';
import { count, only, parseConfig } from './config';

export const vqModelConfig = z.object({
  ...autoencoderFields,
  num_vq_embeddings: count.default(256),
  vq_embed_dim: count.nullish(),
  scaling_factor: z.number().positive().nullish(),
  norm_type: only('group', null),
  lookup_from_codebook: only(false),
});

/** sample [B, 3, H, W] in −1…1 → latent_sample [B, C, h, w], not quantised. */
export function vqEncoder(config: unknown, name = 'encoder'): NetworkDescription {
  const c = parseConfig(vqModelConfig, config, name);
  const b = new NetworkBuilder(name);
  const picture = b.input('sample', ['batch', c.in_channels, 'height', 'width'], { multipleOf: factorOf(c) });
  const h = encoder(b, c, picture, c.latent_channels);
  b.output('latent_sample', b.conv('quant_conv', h, c.vq_embed_dim ?? c.latent_channels, { kernel: 1 }));
  return b.description();
}

/** latent_sample [B, C, h, w] → sample [B, 3, H, W], not clamped; each cell is quantised first. */
export function vqDecoder(config: unknown, name = 'decoder'): NetworkDescription {
  const c = parseConfig(vqModelConfig, config, name);
  const b = new NetworkBuilder(name);
  const width = c.vq_embed_dim ?? c.latent_channels;
  const latent = b.input('latent_sample', ['batch', width, 'height', 'width']);
  const codes = b.add('quantize', width, {
    op: 'quantise',
    x: latent.id,
    codebook: weight('quantize.embedding.weight', c.num_vq_embeddings, width),
  });
  const z0 = b.conv('post_quant_conv', codes, c.latent_channels, { kernel: 1 });
  b.output('sample', decoder(b, c, z0, c.out_channels));
  return b.description();
}
