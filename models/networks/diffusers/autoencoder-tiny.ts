/** AutoencoderTiny of diffusers (TAESD, github.com/madebyollin/taesd): a small autoencoder of a known latent space. */
import { z } from 'zod';
import type { NetworkDescription } from '@/engine/types';
import { NetworkBuilder, type Value } from '../builder';
import { activation, count, levels, only, parseConfig } from './config';

export const autoencoderTinyConfig = z.object({
  in_channels: count.default(3),
  out_channels: count.default(3),
  encoder_block_out_channels: levels,
  decoder_block_out_channels: levels,
  act_fn: activation.default('relu'),
  latent_channels: count.default(4),
  num_encoder_blocks: z.array(z.int().nonnegative().max(64)).min(1),
  num_decoder_blocks: z.array(z.int().nonnegative().max(64)).min(1),
  scaling_factor: z.number().positive().nullish(),
  upsampling_scaling_factor: only(2, null),
  upsample_fn: only('nearest', null),
});
type Config = z.output<typeof autoencoderTinyConfig>;

/** sample [B, 3, H, W] in −1…1 → latent_sample [B, C, h, w]: already scaled as the space's U-Nets take it. */
export function tinyEncoder(config: unknown, name = 'encoder'): NetworkDescription {
  const c = parseConfig(autoencoderTinyConfig, config, name);
  const b = new NetworkBuilder(name);
  const picture = b.input('sample', ['batch', c.in_channels, 'height', 'width'], {
    multipleOf: 2 ** (c.num_encoder_blocks.length - 1),
  });
  // The network sees pictures in 0…1.
  let x = b.add('centred', picture.channels, { op: 'affine', x: picture.id, scale: 0.5, shift: 0.5 });
  let layer = 0;
  const next = () => `encoder.layers.${layer++}`;
  for (const [i, blocks] of c.num_encoder_blocks.entries()) {
    const width = c.encoder_block_out_channels[i] ?? 0;
    x = i === 0 ? b.conv(next(), x, width) : b.conv(next(), x, width, { stride: 2, bias: false });
    for (let j = 0; j < blocks; j += 1) x = block(b, c, next(), x, width);
  }
  b.output('latent_sample', b.conv(next(), x, c.latent_channels));
  return b.description();
}

/** latent_sample [B, C, h, w], scaled → sample [B, 3, H, W], not clamped. */
export function tinyDecoder(config: unknown, name = 'decoder'): NetworkDescription {
  const c = parseConfig(autoencoderTinyConfig, config, name);
  const b = new NetworkBuilder(name);
  const latent = b.input('latent_sample', ['batch', c.latent_channels, 'height', 'width']);
  // 3·tanh(z / 3): far values are bent, not cut.
  const scaled = (x: Value, at: string, scale: number, shift = 0) =>
    b.add(at, x.channels, { op: 'affine', x: x.id, scale, shift });
  let x = scaled(b.activation('tanh', scaled(latent, 'third', 1 / 3)), 'bent', 3);
  let layer = 0;
  const next = () => `decoder.layers.${layer++}`;
  x = b.activation(c.act_fn, b.conv(next(), x, c.decoder_block_out_channels[0] ?? 0));
  next();
  for (const [i, blocks] of c.num_decoder_blocks.entries()) {
    const width = c.decoder_block_out_channels[i] ?? 0;
    const last = i === c.num_decoder_blocks.length - 1;
    for (let j = 0; j < blocks; j += 1) x = block(b, c, next(), x, width);
    if (!last) x = b.add(next(), x.channels, { op: 'upsample', x: x.id });
    x = b.conv(next(), x, last ? c.out_channels : width, { bias: last });
  }
  b.output('sample', scaled(x, 'picture', 2, -1));
  return b.description();
}

function block(b: NetworkBuilder, c: Config, name: string, x: Value, out: number): Value {
  const h1 = b.activation(c.act_fn, b.conv(`${name}.conv.0`, x, out));
  const h2 = b.activation(c.act_fn, b.conv(`${name}.conv.2`, h1, out));
  const h3 = b.conv(`${name}.conv.4`, h2, out);
  const skip = x.channels === out ? x : b.conv(`${name}.skip`, x, out, { kernel: 1, bias: false });
  return b.activation('relu', b.sum(name, h3, skip));
}
