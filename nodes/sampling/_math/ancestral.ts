/**
 * Splits a step from `sigma` to `next` into a deterministic part down to `down`
 * and fresh noise `up`, with down² + up² = next². At eta 1 this is the exact
 * posterior q(x_next | x, x₀) (k-diffusion, `get_ancestral_step`).
 */
export function ancestralStep(
  sigma: number,
  next: number,
  eta: number,
): { readonly down: number; readonly up: number } {
  if (eta === 0 || next === 0) return { down: next, up: 0 };
  const posterior = next * Math.sqrt(Math.max(0, 1 - (next * next) / (sigma * sigma)));
  const up = Math.min(next, eta * posterior);
  return { down: Math.sqrt(Math.max(0, next * next - up * up)), up };
}
