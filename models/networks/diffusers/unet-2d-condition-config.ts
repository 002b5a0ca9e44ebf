/** The fields of a UNet2DConditionModel's config that change what it computes. */
import { z } from 'zod';
import { activation, count, levels, only } from './config';

const each = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1).max(16)]);

/** Unknown fields are ignored; those known to change the network in ways that are not built are refused. */
export const unet2dConditionConfig = z.object({
  in_channels: count.default(4),
  out_channels: count.default(4),
  sample_size: z.union([count, z.tuple([count, count])]).nullish(),
  center_input_sample: z.boolean().default(false),
  flip_sin_to_cos: z.boolean().default(true),
  freq_shift: z.number().default(0),
  down_block_types: z.array(z.enum(['DownBlock2D', 'CrossAttnDownBlock2D'])).min(1),
  mid_block_type: z.enum(['UNetMidBlock2DCrossAttn']).default('UNetMidBlock2DCrossAttn'),
  up_block_types: z.array(z.enum(['UpBlock2D', 'CrossAttnUpBlock2D'])).min(1),
  only_cross_attention: each(z.boolean()).default(false),
  block_out_channels: levels,
  layers_per_block: each(count).default(2),
  downsample_padding: z.literal(1).default(1),
  mid_block_scale_factor: z.number().positive().default(1),
  act_fn: activation.default('silu'),
  norm_num_groups: count.default(32),
  norm_eps: z.number().positive().default(1e-5),
  cross_attention_dim: each(count).default(1280),
  transformer_layers_per_block: each(count).default(1),
  /** Heads of each level: misnamed in diffusers, and kept so for old configs. */
  attention_head_dim: each(count).default(8),
  use_linear_projection: z.boolean().nullish(),
  class_embed_type: z.enum(['timestep', 'projection', 'simple_projection']).nullish(),
  num_class_embeds: count.nullish(),
  addition_embed_type: z.enum(['text_time']).nullish(),
  addition_time_embed_dim: count.nullish(),
  projection_class_embeddings_input_dim: count.nullish(),
  time_embedding_dim: count.nullish(),
  time_cond_proj_dim: count.nullish(),
  conv_in_kernel: count.default(3),
  conv_out_kernel: count.default(3),
  num_attention_heads: only(null),
  dual_cross_attention: only(false),
  resnet_time_scale_shift: only('default', null),
  resnet_skip_time_act: only(false),
  resnet_out_scale_factor: only(1, null),
  time_embedding_type: only('positional', null),
  time_embedding_act_fn: only(null),
  timestep_post_act: only(null),
  encoder_hid_dim: only(null),
  encoder_hid_dim_type: only(null),
  attention_type: only('default', null),
  class_embeddings_concat: only(false),
  cross_attention_norm: only(null),
  reverse_transformer_layers_per_block: only(null),
});
export type UNet2DConditionConfig = z.output<typeof unet2dConditionConfig>;
