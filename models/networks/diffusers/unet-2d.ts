/**
 * UNet2DModel of diffusers: the U-Net of unconditional latent diffusion
 * (CompVis' LDM on CelebA-HQ, LSUN, super-resolution). Attention over pixels, no context.
 * Inputs: sample [B, C, H, W], timestep [B]; class_labels [B] where the config has classes. Output: out_sample.
 */
import { z } from 'zod';
import type { NetworkDescription } from '@/engine/types';
import { NetworkBuilder, type Value } from '../builder';
import { attentionBlock } from './attention-block';
import { activation, atLevel, count, levels, only, parseConfig } from './config';
import { downsample, residual, upsample } from './residual';
import { embedLabels, embedWaves, timestepWaves } from './time-embedding';

const unet2dConfig = z.object({
  in_channels: count.default(3),
  out_channels: count.default(3),
  sample_size: z.union([count, z.tuple([count, count])]).nullish(),
  center_input_sample: z.boolean().default(false),
  flip_sin_to_cos: z.boolean().default(true),
  freq_shift: z.number().default(0),
  down_block_types: z.array(z.enum(['DownBlock2D', 'AttnDownBlock2D'])).min(1),
  up_block_types: z.array(z.enum(['UpBlock2D', 'AttnUpBlock2D'])).min(1),
  block_out_channels: levels,
  layers_per_block: count.default(2),
  mid_block_scale_factor: z.number().positive().default(1),
  act_fn: activation.default('silu'),
  attention_head_dim: count.nullish(),
  norm_num_groups: count.default(32),
  norm_eps: z.number().positive().default(1e-5),
  attn_norm_num_groups: count.nullish(),
  add_attention: z.boolean().default(true),
  num_class_embeds: count.nullish(),
  time_embedding_dim: count.nullish(),
  downsample_padding: z.literal([0, 1]).default(1),
  class_embed_type: only(null),
  downsample_type: only('conv', null),
  upsample_type: only('conv', null),
  resnet_time_scale_shift: only('default', null),
  time_embedding_type: only('positional', null),
});

/** Throws `package-invalid` for a config that is malformed or of a network that is not built. */
export function unet2d(config: unknown, name = 'U-Net'): NetworkDescription {
  const c = parseConfig(unet2dConfig, config, name);
  const b = new NetworkBuilder(name);
  const many = c.block_out_channels.length;
  const sample = b.input('sample', ['batch', c.in_channels, 'height', 'width'], {
    multipleOf: 2 ** (many - 1),
  });
  const timestep = b.input('timestep', ['batch']);
  const [first = 0] = c.block_out_channels;
  const embedded = c.time_embedding_dim ?? 4 * first;
  const waves = { order: c.flip_sin_to_cos ? 'cos-sin' : 'sin-cos', shift: c.freq_shift } as const;
  let vector = embedWaves(
    b,
    'time_embedding',
    timestepWaves(b, 'time_proj', timestep, first, waves),
    embedded,
  );
  if (c.num_class_embeds !== undefined && c.num_class_embeds !== null) {
    const ids = b.input('class_labels', ['batch'], { dtype: 'int32' });
    vector = b.sum(
      'class_embedded',
      vector,
      embedLabels(b, 'class_embedding', ids, c.num_class_embeds, embedded),
    );
  }
  const time = b.activation(c.act_fn, vector);
  const groups = c.norm_num_groups;
  const resnet = (at: string, x: Value, out: number, scale = 1) =>
    residual(b, at, x, { out, groups, eps: c.norm_eps, act: c.act_fn, time, scale });
  const attend = (at: string, x: Value, options: { groups?: number; scale?: number } = {}) =>
    attentionBlock(b, at, x, {
      heads: Math.floor(x.channels / (c.attention_head_dim ?? x.channels)),
      groups,
      eps: c.norm_eps,
      ...options,
    });

  const start = c.center_input_sample
    ? b.add('centred', sample.channels, { op: 'affine', x: sample.id, scale: 2, shift: -1 })
    : sample;
  let x = b.conv('conv_in', start, first);
  const skips = [x];
  for (const [i, channels] of c.block_out_channels.entries()) {
    const attends = atLevel('down_block_types', c.down_block_types, i, many) === 'AttnDownBlock2D';
    for (let j = 0; j < c.layers_per_block; j += 1) {
      x = resnet(`down_blocks.${i}.resnets.${j}`, x, channels);
      if (attends) x = attend(`down_blocks.${i}.attentions.${j}`, x);
      skips.push(x);
    }
    if (i === many - 1) continue;
    x = downsample(b, `down_blocks.${i}`, x, c.downsample_padding);
    skips.push(x);
  }

  const scale = c.mid_block_scale_factor;
  x = resnet('mid_block.resnets.0', x, x.channels, scale);
  if (c.add_attention)
    x = attend('mid_block.attentions.0', x, { groups: c.attn_norm_num_groups ?? groups, scale });
  x = resnet('mid_block.resnets.1', x, x.channels, scale);

  for (const [i, channels] of c.block_out_channels.toReversed().entries()) {
    const attends = atLevel('up_block_types', c.up_block_types, i, many) === 'AttnUpBlock2D';
    for (let j = 0; j <= c.layers_per_block; j += 1) {
      const skip = skips.pop();
      if (skip === undefined) throw new Error('unreachable: as many skips as layers');
      x = resnet(`up_blocks.${i}.resnets.${j}`, b.concat(`up_blocks.${i}.joined.${j}`, x, skip), channels);
      if (attends) x = attend(`up_blocks.${i}.attentions.${j}`, x);
    }
    if (i < many - 1) x = upsample(b, `up_blocks.${i}`, x);
  }
  const h = b.activation('silu', b.groupNorm('conv_norm_out', x, groups, c.norm_eps));
  b.output('out_sample', b.conv('conv_out', h, c.out_channels));
  return b.description();
}
