/** Self-attention over the pixels of a map with a residual connection (autoencoders, UNet2DModel). */
import type { NetworkBuilder, Value } from '../builder';
import { divided } from './residual';

export interface AttentionBlockOptions {
  readonly heads: number;
  readonly groups: number;
  readonly eps: number;
  readonly scale?: number;
}

export function attentionBlock(
  b: NetworkBuilder,
  name: string,
  x: Value,
  options: AttentionBlockOptions,
): Value {
  const tokens = b.toTokens(b.groupNorm(`${name}.group_norm`, x, options.groups, options.eps));
  const project = (module: string) => b.linear(`${name}.${module}`, tokens, x.channels);
  const [q, k, v] = [project('to_q'), project('to_k'), project('to_v')];
  const mixed = b.attention(`${name}.attention`, { q, k, v, heads: options.heads });
  const out = b.toMap(b.linear(`${name}.to_out.0`, mixed, x.channels), x);
  return divided(b, name, b.sum(name, out, x), options.scale ?? 1);
}
