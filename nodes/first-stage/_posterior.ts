/** Drawing from the encoder's Gaussian posterior. */
import type { Tensor, TensorOps } from '@/engine/types';
import { readFloats } from '../_shared/read';

/** z = μ + exp(½·log σ²)·n with n by seed (LDM code, `DiagonalGaussianDistribution.sample`; log-variance clamped to −30…20). */
export async function samplePosterior(
  ops: TensorOps,
  mean: Tensor,
  logVariance: Tensor,
  seed: bigint,
): Promise<Tensor> {
  const values = await readFloats(logVariance);
  const deviation = values.map((value) => Math.exp(0.5 * Math.min(20, Math.max(-30, value))));
  const noise = ops.noise(mean.dims, { seed, stream: 0 });
  return ops.linear([
    [1, mean],
    [1, ops.multiply(noise, ops.from(deviation, mean.dims))],
  ]);
}
