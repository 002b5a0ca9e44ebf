/** Residual blocks and changes of size, as diffusers names them (ResnetBlock2D, Downsample2D, Upsample2D). */
import type { Activation } from '@/engine/types';
import type { NetworkBuilder, Value } from '../builder';

export interface ResidualOptions {
  readonly out: number;
  readonly groups: number;
  readonly eps: number;
  readonly act: Activation;
  /** Result divided by this; 1 in nearly all. */
  readonly scale?: number;
  /** silu(time embedding); absent in autoencoders. */
  readonly time?: Value;
}

/** norm, activation, 3×3 convolution, twice; the projected time embedding is added in between (arXiv 2006.11239, B). */
export function residual(b: NetworkBuilder, name: string, x: Value, options: ResidualOptions): Value {
  const { out, groups, eps, act, time, scale = 1 } = options;
  let h = b.conv(`${name}.conv1`, b.activation(act, b.groupNorm(`${name}.norm1`, x, groups, eps)), out);
  if (time !== undefined) {
    const vector = b.linear(`${name}.time_emb_proj`, time, out);
    h = b.add(`${name}.time`, out, { op: 'add-vector', x: h.id, vector: vector.id });
  }
  h = b.conv(`${name}.conv2`, b.activation(act, b.groupNorm(`${name}.norm2`, h, groups, eps)), out);
  const skip = x.channels === out ? x : b.conv(`${name}.conv_shortcut`, x, out, { kernel: 1 });
  return divided(b, name, b.sum(name, skip, h), scale);
}

/** x / scale; x itself for 1. */
export const divided = (b: NetworkBuilder, name: string, x: Value, scale: number): Value =>
  scale === 1
    ? x
    : b.add(`${name}.scaled`, x.channels, { op: 'affine', x: x.id, scale: 1 / scale, shift: 0 });

/** 3×3 convolution of stride 2; autoencoders pad at the bottom and right alone (`padding: 0` in diffusers). */
export const downsample = (b: NetworkBuilder, name: string, x: Value, padding: 0 | 1): Value =>
  b.conv(`${name}.downsamplers.0.conv`, x, x.channels, {
    stride: 2,
    ...(padding === 0 ? { padding: [0, 0, 1, 1] as const } : {}),
  });

/** Nearest neighbour ×2, then a 3×3 convolution. */
export const upsample = (b: NetworkBuilder, name: string, x: Value): Value =>
  b.conv(
    `${name}.upsamplers.0.conv`,
    b.add(`${name}.larger`, x.channels, { op: 'upsample', x: x.id }),
    x.channels,
  );
