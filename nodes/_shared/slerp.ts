/** Interpolation on the sphere: keeps the norm of noise, which a straight line shrinks. */

/**
 * Spherical interpolation of two vectors (Shoemake 1985) at t in 0…1; straight
 * where they are (nearly) parallel or one is zero.
 */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? 0;
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const norms = Math.sqrt(squaresA * squaresB);
  const cosine = norms === 0 ? 1 : Math.min(1, Math.max(-1, dot / norms));
  const angle = Math.acos(cosine);
  const sine = Math.sin(angle);
  const [onA, onB] =
    sine < 1e-6 ? [1 - t, t] : [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return a.map((x, i) => onA * x + onB * (b[i] ?? 0));
}

/** {@link slerp} of each batch element with its own angle. */
export function slerpBatch(a: Float32Array, b: Float32Array, batch: number, t: number): Float32Array {
  const size = a.length / batch;
  const out = new Float32Array(a.length);
  for (let k = 0; k < batch; k++) {
    out.set(slerp(a.subarray(k * size, (k + 1) * size), b.subarray(k * size, (k + 1) * size), t), k * size);
  }
  return out;
}
