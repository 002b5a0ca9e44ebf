/** Timesteps, and other numbers, to the vector that every residual block sees. */
import type { Activation } from '@/engine/types';
import { weight, type NetworkBuilder, type Value } from '../builder';

/** How numbers become cosines and sines (`flip_sin_to_cos`, `freq_shift`). */
export interface Waves {
  readonly order: 'cos-sin' | 'sin-cos';
  readonly shift: number;
}
const PERIOD = 10_000;

/** [B] → [B, channels]. */
export const timestepWaves = (
  b: NetworkBuilder,
  name: string,
  t: Value,
  channels: number,
  waves: Waves,
): Value => b.add(name, channels, { op: 'timestep-embedding', t: t.id, channels, ...waves, period: PERIOD });

/** [B, k] → [B, k·channels]. */
export const numberWaves = (
  b: NetworkBuilder,
  name: string,
  x: Value,
  channels: number,
  waves: Waves,
): Value =>
  b.add(name, x.channels * channels, { op: 'number-embedding', x: x.id, channels, ...waves, period: PERIOD });

/** TimestepEmbedding: two linear layers; `condition` is added to the input (LCM's guidance). */
export function embedWaves(
  b: NetworkBuilder,
  name: string,
  waves: Value,
  out: number,
  { act = 'silu', condition }: { act?: Activation; condition?: Value | undefined } = {},
): Value {
  const x =
    condition === undefined
      ? waves
      : b.sum(
          `${name}.input`,
          waves,
          b.linear(`${name}.cond_proj`, condition, waves.channels, { bias: false }),
        );
  return b.linear(`${name}.linear_2`, b.activation(act, b.linear(`${name}.linear_1`, x, out)), out);
}

/** A learned vector for each of `classes` labels: [B] → [B, out]. */
export const embedLabels = (
  b: NetworkBuilder,
  name: string,
  ids: Value,
  classes: number,
  out: number,
): Value => b.add(name, out, { op: 'embedding', ids: ids.id, table: weight(`${name}.weight`, classes, out) });
