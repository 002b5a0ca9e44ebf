/**
 * CLIPTextModel and CLIPTextModelWithProjection of transformers: the text encoders of Stable Diffusion 1, 2 and XL.
 * Input: input_ids [B, N] int32. Outputs: last_hidden_state [B, N, D] (after the final norm), hidden_states.K [B, N, D]
 * (K: the last layer but one, before the final norm: SDXL's context), pooler_output [B, D], and
 * text_embeds [B, P] with projection.
 */
import { z } from 'zod';
import type { NetworkDescription } from '@/engine/types';
import { NetworkBuilder, weight, type Value } from '../builder';
import { activation, count, parseConfig } from '../diffusers/config';

export const clipTextConfig = z.object({
  architectures: z.array(z.string()).nullish(),
  /** Optimum writes it beside its exports, where `architectures` may be missing. */
  export_model_type: z.string().nullish(),
  vocab_size: count.default(49_408),
  hidden_size: count.default(512),
  intermediate_size: count.default(2048),
  projection_dim: count.default(512),
  num_hidden_layers: count.max(256).default(12),
  num_attention_heads: count.default(8),
  max_position_embeddings: count.default(77),
  hidden_act: activation.default('quick-gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
  eos_token_id: z.int().nonnegative().default(2),
  /** Ours, for OpenCLIP's layout: the file holds `text_projection` as [in, out]. */
  text_projection_transposed: z.boolean().default(false),
});
export type ClipTextConfig = z.output<typeof clipTextConfig>;

export interface ClipTextOptions {
  /** Layers left out at the end ("CLIP skip" − 1): what is left is normed as the whole would be. Default 0. */
  readonly skip?: number;
  /** With `text_projection`; default: what the config's `architectures` says. */
  readonly projection?: boolean;
  /** Names in the file begin with this; default `text_model.`. */
  readonly prefix?: string;
}

/** Configs of before 2023 say 2 for the end token, whatever it is: it is then the largest id of a prompt. */
const OLD_END_TOKEN = 2;

/** Throws `package-invalid` for a malformed config or when `skip` leaves no layer. */
export function clipText(
  config: unknown,
  { skip = 0, projection, prefix = 'text_model.' }: ClipTextOptions = {},
  name = 'text encoder',
): NetworkDescription {
  const c = parseConfig(clipTextConfig, config, name);
  const b = new NetworkBuilder(name);
  const ids = b.input('input_ids', ['batch', 'sequence'], { dtype: 'int32' });
  const width = c.hidden_size;
  const tokens = b.add('tokens', width, {
    op: 'embedding',
    ids: ids.id,
    table: weight(`${prefix}embeddings.token_embedding.weight`, c.vocab_size, width),
  });
  const table = weight(`${prefix}embeddings.position_embedding.weight`, c.max_position_embeddings, width);
  let x = b.add('embedded', width, { op: 'add-positions', x: tokens.id, table });
  const kept = Math.max(1, c.num_hidden_layers - skip);
  const states = [x];
  for (let i = 0; i < kept; i += 1) {
    x = layer(b, c, `${prefix}encoder.layers.${i}`, x);
    states.push(x);
  }
  const last = b.layerNorm(`${prefix}final_layer_norm`, x, c.layer_norm_eps);
  b.output('last_hidden_state', last);
  const before = states.length - 2;
  b.output(`hidden_states.${before}`, states[before] ?? x);
  const pooled = b.add('pooled', width, {
    op: 'pool-token',
    x: last.id,
    ids: ids.id,
    ...(c.eos_token_id === OLD_END_TOKEN ? {} : { id: c.eos_token_id }),
  });
  b.output('pooler_output', pooled);
  if (projection ?? hasProjection(c)) b.output('text_embeds', projected(b, c, pooled));
  return b.description();
}

export const hasProjection = (c: ClipTextConfig): boolean =>
  c.architectures?.includes('CLIPTextModelWithProjection') === true ||
  c.export_model_type === 'clip-text-with-projection';

const projected = (b: NetworkBuilder, c: ClipTextConfig, pooled: Value): Value => {
  const ref = weight('text_projection.weight', c.projection_dim, pooled.channels);
  return b.add('text_projection', c.projection_dim, {
    op: 'linear',
    x: pooled.id,
    weight: c.text_projection_transposed ? { ...ref, transposed: true } : ref,
  });
};

function layer(b: NetworkBuilder, c: ClipTextConfig, name: string, x: Value): Value {
  const width = x.channels;
  const first = b.layerNorm(`${name}.layer_norm1`, x, c.layer_norm_eps);
  const project = (module: string) => b.linear(`${name}.self_attn.${module}`, first, width);
  const [q, k, v] = [project('q_proj'), project('k_proj'), project('v_proj')];
  const mixed = b.attention(`${name}.self_attn`, { q, k, v, heads: c.num_attention_heads, causal: true });
  const h = b.sum(`${name}:1`, x, b.linear(`${name}.self_attn.out_proj`, mixed, width));
  const second = b.layerNorm(`${name}.layer_norm2`, h, c.layer_norm_eps);
  const wide = b.activation(c.hidden_act, b.linear(`${name}.mlp.fc1`, second, c.intermediate_size));
  return b.sum(name, h, b.linear(`${name}.mlp.fc2`, wide, width));
}
