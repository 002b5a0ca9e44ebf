/**
 * The encoder and decoder that AutoencoderKL and VQModel of diffusers share (paper §3.1; VQGAN's):
 * residual levels, one attention at the bottom.
 */
import { z } from 'zod';
import type { Activation } from '@/engine/types';
import type { NetworkBuilder, Value } from '../builder';
import { attentionBlock } from './attention-block';
import { activation, count, levels } from './config';
import { downsample, residual, upsample } from './residual';

/** Fields that both classes have. */
export const autoencoderFields = {
  in_channels: count.default(3),
  out_channels: count.default(3),
  down_block_types: z.array(z.enum(['DownEncoderBlock2D'])).min(1),
  up_block_types: z.array(z.enum(['UpDecoderBlock2D'])).min(1),
  block_out_channels: levels,
  layers_per_block: count.default(1),
  act_fn: activation.default('silu'),
  latent_channels: count.default(4),
  norm_num_groups: count.default(32),
  mid_block_add_attention: z.boolean().nullish(),
};

export interface AutoencoderConfig {
  readonly block_out_channels: readonly number[];
  readonly layers_per_block: number;
  readonly act_fn: Activation;
  readonly norm_num_groups: number;
  readonly mid_block_add_attention?: boolean | null | undefined;
}

const EPS = 1e-6;

/** Pixels per latent cell along each axis. */
export const factorOf = (c: AutoencoderConfig): number => 2 ** (c.block_out_channels.length - 1);

/** Picture → `out` channels at 1/factor of the size. */
export function encoder(b: NetworkBuilder, c: AutoencoderConfig, picture: Value, out: number): Value {
  const levelCount = c.block_out_channels.length;
  let x = b.conv('encoder.conv_in', picture, c.block_out_channels[0] ?? 0);
  for (const [i, channels] of c.block_out_channels.entries()) {
    for (let j = 0; j < c.layers_per_block; j += 1)
      x = resnet(b, c, `encoder.down_blocks.${i}.resnets.${j}`, x, channels);
    if (i < levelCount - 1) x = downsample(b, `encoder.down_blocks.${i}`, x, 0);
  }
  return head(b, c, 'encoder', middle(b, c, 'encoder.mid_block', x), out);
}

/** Latent → picture of `out` channels. */
export function decoder(b: NetworkBuilder, c: AutoencoderConfig, latent: Value, out: number): Value {
  const widths = c.block_out_channels.toReversed();
  let x = middle(b, c, 'decoder.mid_block', b.conv('decoder.conv_in', latent, widths[0] ?? 0));
  for (const [i, channels] of widths.entries()) {
    for (let j = 0; j <= c.layers_per_block; j += 1)
      x = resnet(b, c, `decoder.up_blocks.${i}.resnets.${j}`, x, channels);
    if (i < widths.length - 1) x = upsample(b, `decoder.up_blocks.${i}`, x);
  }
  return head(b, c, 'decoder', x, out);
}

function resnet(b: NetworkBuilder, c: AutoencoderConfig, name: string, x: Value, out: number): Value {
  return residual(b, name, x, { out, groups: c.norm_num_groups, eps: EPS, act: c.act_fn });
}

function middle(b: NetworkBuilder, c: AutoencoderConfig, name: string, x: Value): Value {
  const first = resnet(b, c, `${name}.resnets.0`, x, x.channels);
  const attended =
    c.mid_block_add_attention === false
      ? first
      : attentionBlock(b, `${name}.attentions.0`, first, { heads: 1, groups: c.norm_num_groups, eps: EPS });
  return resnet(b, c, `${name}.resnets.1`, attended, x.channels);
}

const head = (b: NetworkBuilder, c: AutoencoderConfig, name: string, x: Value, out: number): Value =>
  b.conv(
    `${name}.conv_out`,
    b.activation('silu', b.groupNorm(`${name}.conv_norm_out`, x, c.norm_num_groups, EPS)),
    out,
  );
