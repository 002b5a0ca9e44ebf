/**
 * From what a network predicts to x̂₀, for x = x₀ + σ·n. The network sees
 * x_t = x/√(1 + σ²) = √ᾱ·x₀ + √(1 − ᾱ)·n with ᾱ = 1/(1 + σ²).
 */
import type { DiffusionInfo } from '@/engine/types';

/** c_in of Karras et al. (2206.00364, §5) for a variance-preserving network. */
export const inputScale = (sigma: number): number => 1 / Math.sqrt(1 + sigma * sigma);

/**
 * x̂₀ = onX·x + onOutput·output:
 * ε (Ho et al. 2006.11239): x − σ·ε; v = √ᾱ·n − √(1 − ᾱ)·x₀ (Salimans & Ho 2202.00512): √ᾱ·x_t − √(1 − ᾱ)·v; sample: the output itself.
 */
export function denoisedWeights(
  prediction: DiffusionInfo['prediction'],
  sigma: number,
): { readonly onX: number; readonly onOutput: number } {
  const variance = 1 + sigma * sigma;
  if (prediction === 'epsilon') return { onX: 1, onOutput: -sigma };
  if (prediction === 'v') return { onX: 1 / variance, onOutput: -sigma / Math.sqrt(variance) };
  return { onX: 0, onOutput: 1 };
}
