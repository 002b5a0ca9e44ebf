/**
 * UNet2DConditionModel of diffusers: the U-Net of Stable Diffusion 1, 2, XL and
 * their kin (inpainting, InstructPix2Pix, LCM, upscalers), any size of it.
 * Inputs: sample [B, C, H, W], timestep [B], encoder_hidden_states [B, S, D] and,
 * where the config asks, timestep_cond [B, K], text_embeds [B, P] with time_ids [B, 6],
 * class_labels [B]. Output: out_sample [B, C', H, W].
 */
import type { NetworkDescription } from '@/engine/types';
import { NetworkBuilder, type Value } from '../builder';
import { atLevel, parseConfig } from './config';
import { downsample, residual, upsample } from './residual';
import { transformer } from './transformer';
import { unet2dConditionConfig, type UNet2DConditionConfig } from './unet-2d-condition-config';
import { unetEmbedding } from './unet-embedding';

/** Throws `package-invalid` for a config that is malformed or of a network that is not built. */
export function unet2dCondition(config: unknown, name = 'U-Net'): NetworkDescription {
  const c = parseConfig(unet2dConditionConfig, config, name);
  const b = new NetworkBuilder(name);
  const levels = levelsOf(c);
  const sample = b.input('sample', ['batch', c.in_channels, 'height', 'width'], {
    multipleOf: 2 ** (levels.length - 1),
  });
  const timestep = b.input('timestep', ['batch']);
  const width = levels[0]?.contextWidth ?? 0;
  const context = b.input('encoder_hidden_states', ['batch', 'sequence', width]);
  const time = b.activation(c.act_fn, unetEmbedding(b, c, timestep));
  const groups = c.norm_num_groups;
  const resnet = (at: string, x: Value, out: number, scale = 1) =>
    residual(b, at, x, { out, groups, eps: c.norm_eps, act: c.act_fn, time, scale });
  const attend = (at: string, x: Value, level: Level) =>
    transformer(b, at, x, {
      heads: level.heads,
      layers: level.transformers,
      groups,
      linear: c.use_linear_projection ?? false,
      onlyCross: level.onlyCross,
      context,
    });

  const start = c.center_input_sample
    ? b.add('centred', sample.channels, { op: 'affine', x: sample.id, scale: 2, shift: -1 })
    : sample;
  let x = b.conv('conv_in', start, levels[0]?.channels ?? 0, { kernel: c.conv_in_kernel });
  const skips = [x];
  for (const [i, level] of levels.entries()) {
    for (let j = 0; j < level.layers; j += 1) {
      x = resnet(`down_blocks.${i}.resnets.${j}`, x, level.channels);
      if (level.downAttention) x = attend(`down_blocks.${i}.attentions.${j}`, x, level);
      skips.push(x);
    }
    if (i === levels.length - 1) continue;
    x = downsample(b, `down_blocks.${i}`, x, 1);
    skips.push(x);
  }

  const last = levels.at(-1);
  if (last !== undefined) {
    x = resnet('mid_block.resnets.0', x, last.channels, c.mid_block_scale_factor);
    x = attend('mid_block.attentions.0', x, { ...last, onlyCross: false });
    x = resnet('mid_block.resnets.1', x, last.channels, c.mid_block_scale_factor);
  }

  for (const [i, level] of levels.toReversed().entries()) {
    for (let j = 0; j <= level.layers; j += 1) {
      const skip = skips.pop();
      if (skip === undefined) throw new Error('unreachable: as many skips as layers');
      x = resnet(
        `up_blocks.${i}.resnets.${j}`,
        b.concat(`up_blocks.${i}.joined.${j}`, x, skip),
        level.channels,
      );
      if (level.upAttention) x = attend(`up_blocks.${i}.attentions.${j}`, x, level);
    }
    if (i < levels.length - 1) x = upsample(b, `up_blocks.${i}`, x);
  }
  const h = b.activation(c.act_fn, b.groupNorm('conv_norm_out', x, groups, c.norm_eps));
  b.output('out_sample', b.conv('conv_out', h, c.out_channels, { kernel: c.conv_out_kernel }));
  return b.description();
}

interface Level {
  readonly channels: number;
  readonly heads: number;
  readonly layers: number;
  readonly transformers: number;
  readonly contextWidth: number;
  readonly onlyCross: boolean;
  readonly downAttention: boolean;
  readonly upAttention: boolean;
}

function levelsOf(c: UNet2DConditionConfig): readonly Level[] {
  const many = c.block_out_channels.length;
  const of = <T extends string | number | boolean>(value: T | readonly T[], i: number, field: string): T =>
    atLevel(field, value, i, many);
  const up = c.up_block_types.toReversed();
  return c.block_out_channels.map((channels, i) => ({
    channels,
    heads: of(c.attention_head_dim, i, 'attention_head_dim'),
    layers: of(c.layers_per_block, i, 'layers_per_block'),
    transformers: of(c.transformer_layers_per_block, i, 'transformer_layers_per_block'),
    contextWidth: of(c.cross_attention_dim, i, 'cross_attention_dim'),
    onlyCross: of(c.only_cross_attention, i, 'only_cross_attention'),
    downAttention: of(c.down_block_types, i, 'down_block_types') === 'CrossAttnDownBlock2D',
    upAttention: of(up, i, 'up_block_types') === 'CrossAttnUpBlock2D',
  }));
}
