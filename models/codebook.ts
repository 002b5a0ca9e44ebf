/** Vector quantisation (van den Oord et al. 1711.00937, eq. 1; paper §3.1, "VQ-reg."). */

/** A codebook made ready for looking up: [entries, channels], in the units of the latents that are looked up. */
export interface Codebook {
  readonly vectors: Float32Array;
  readonly channels: number;
  /** |e|² of each entry. */
  readonly squares: Float64Array;
}

export function prepareCodebook(vectors: Float32Array, channels: number): Codebook {
  const squares = new Float64Array(vectors.length / channels);
  for (let i = 0; i < vectors.length; i += 1) {
    const entry = Math.floor(i / channels);
    squares[entry] = (squares[entry] ?? 0) + (vectors[i] ?? 0) ** 2;
  }
  return { vectors, channels, squares };
}

/** Each cell of latent [batch, channels, cells] replaced by its nearest entry; of equals the first. NaN cells stay. */
export function quantise(latent: Float32Array, batch: number, codebook: Codebook): Float32Array {
  const { vectors, channels, squares } = codebook;
  const cells = latent.length / (batch * channels);
  const out = latent.slice();
  const cell = new Float64Array(channels);
  for (let b = 0; b < batch; b += 1)
    for (let i = 0; i < cells; i += 1) {
      for (let c = 0; c < channels; c += 1) cell[c] = 2 * (latent[(b * channels + c) * cells + i] ?? 0);
      const entry = nearest(cell, vectors, squares);
      if (entry < 0) continue;
      for (let c = 0; c < channels; c += 1)
        out[(b * channels + c) * cells + i] = vectors[entry * channels + c] ?? 0;
    }
  return out;
}

/** Entry with the least |e|² − 2z·e, given 2z; −1 when nothing compares (NaN). */
function nearest(twice: Float64Array, vectors: Float32Array, squares: Float64Array): number {
  let best = -1;
  let least = Infinity;
  const channels = twice.length;
  for (let entry = 0; entry < squares.length; entry += 1) {
    let distance = squares[entry] ?? 0;
    for (let c = 0; c < channels; c += 1) distance -= (twice[c] ?? 0) * (vectors[entry * channels + c] ?? 0);
    if (distance < least) {
      best = entry;
      least = distance;
    }
  }
  return best;
}
