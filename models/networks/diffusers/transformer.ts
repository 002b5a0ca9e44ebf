/** Transformer2DModel: self-attention, cross-attention and a gated feed-forward over a map's pixels (paper §3.3, table 15). */
import type { NetworkBuilder, Value } from '../builder';

export interface TransformerOptions {
  readonly heads: number;
  readonly layers: number;
  readonly groups: number;
  /** SD2 and SDXL project tokens; SD1 projects maps by 1×1 convolutions. */
  readonly linear: boolean;
  /** The first attention, too, looks at the context (upscalers). */
  readonly onlyCross: boolean;
  readonly context: Value;
}

/** GroupNorm of Transformer2DModel and LayerNorm of its blocks. */
const NORM_EPS = 1e-6;
const LAYER_EPS = 1e-5;

export function transformer(b: NetworkBuilder, name: string, x: Value, options: TransformerOptions): Value {
  const width = x.channels;
  const normed = b.groupNorm(`${name}.norm`, x, options.groups, NORM_EPS);
  let tokens = options.linear
    ? b.linear(`${name}.proj_in`, b.toTokens(normed), width)
    : b.toTokens(b.conv(`${name}.proj_in`, normed, width, { kernel: 1 }));
  for (let i = 0; i < options.layers; i += 1)
    tokens = block(b, `${name}.transformer_blocks.${i}`, tokens, options);
  const out = options.linear
    ? b.toMap(b.linear(`${name}.proj_out`, tokens, width), x)
    : b.conv(`${name}.proj_out`, b.toMap(tokens, x), width, { kernel: 1 });
  return b.sum(name, out, x);
}

function block(b: NetworkBuilder, name: string, x: Value, options: TransformerOptions): Value {
  const { context, onlyCross } = options;
  const first = b.layerNorm(`${name}.norm1`, x, LAYER_EPS);
  const h1 = b.sum(`${name}:1`, attend(b, `${name}.attn1`, first, onlyCross ? context : first, options), x);
  const second = b.layerNorm(`${name}.norm2`, h1, LAYER_EPS);
  const h2 = b.sum(`${name}:2`, attend(b, `${name}.attn2`, second, context, options), h1);
  const third = b.layerNorm(`${name}.norm3`, h2, LAYER_EPS);
  const wide = b.linear(`${name}.ff.net.0.proj`, third, 8 * x.channels);
  const gated = b.add(`${name}.ff.net.0`, 4 * x.channels, { op: 'geglu', x: wide.id });
  return b.sum(name, b.linear(`${name}.ff.net.2`, gated, x.channels), h2);
}

function attend(
  b: NetworkBuilder,
  name: string,
  x: Value,
  context: Value,
  { heads }: TransformerOptions,
): Value {
  const project = (module: string, from: Value) =>
    b.linear(`${name}.${module}`, from, x.channels, { bias: false });
  const [q, k, v] = [project('to_q', x), project('to_k', context), project('to_v', context)];
  return b.linear(`${name}.to_out.0`, b.attention(`${name}.attention`, { q, k, v, heads }), x.channels);
}
