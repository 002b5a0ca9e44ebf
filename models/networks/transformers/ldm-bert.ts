/**
 * LDMBert of diffusers: the text encoder of the paper's text-to-image model (§4.3.1: 1.45 B, BERT tokens).
 * Input: input_ids [B, N] int32. Output: last_hidden_state [B, N, D]. Every token sees every other.
 */
import { z } from 'zod';
import type { NetworkDescription } from '@/engine/types';
import { NetworkBuilder, weight, type Value } from '../builder';
import { activation, count, only, parseConfig } from '../diffusers/config';

export const ldmBertConfig = z.object({
  vocab_size: count.default(30_522),
  max_position_embeddings: count.default(77),
  encoder_layers: count.max(256).default(32),
  encoder_ffn_dim: count.default(5120),
  encoder_attention_heads: count.default(8),
  head_dim: count.default(64),
  d_model: count.default(1280),
  activation_function: activation.default('gelu'),
  scale_embedding: only(false),
});

const EPS = 1e-5;

/** Throws `package-invalid` for a malformed config. */
export function ldmBert(config: unknown, name = 'text encoder'): NetworkDescription {
  const c = parseConfig(ldmBertConfig, config, name);
  const b = new NetworkBuilder(name);
  const ids = b.input('input_ids', ['batch', 'sequence'], { dtype: 'int32' });
  const tokens = b.add('tokens', c.d_model, {
    op: 'embedding',
    ids: ids.id,
    table: weight('model.embed_tokens.weight', c.vocab_size, c.d_model),
  });
  const table = weight('model.embed_positions.weight', c.max_position_embeddings, c.d_model);
  let x: Value = b.add('embedded', c.d_model, { op: 'add-positions', x: tokens.id, table });
  const inner = c.encoder_attention_heads * c.head_dim;
  for (let i = 0; i < c.encoder_layers; i += 1) {
    const at = `model.layers.${i}`;
    const first = b.layerNorm(`${at}.self_attn_layer_norm`, x, EPS);
    const project = (module: string) => b.linear(`${at}.self_attn.${module}`, first, inner, { bias: false });
    const [q, k, v] = [project('q_proj'), project('k_proj'), project('v_proj')];
    const mixed = b.attention(`${at}.self_attn`, { q, k, v, heads: c.encoder_attention_heads });
    const h = b.sum(`${at}:1`, x, b.linear(`${at}.self_attn.out_proj`, mixed, c.d_model));
    const second = b.layerNorm(`${at}.final_layer_norm`, h, EPS);
    const wide = b.activation(c.activation_function, b.linear(`${at}.fc1`, second, c.encoder_ffn_dim));
    x = b.sum(at, h, b.linear(`${at}.fc2`, wide, c.d_model));
  }
  b.output('last_hidden_state', b.layerNorm('model.layer_norm', x, EPS));
  return b.description();
}
