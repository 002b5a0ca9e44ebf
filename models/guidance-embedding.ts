/** Guidance as an input of the network. */

/**
 * [width]: sines, then cosines, of 1000·(w − 1)·10000^(−i/(half − 1)) (Luo et al. 2310.04378; diffusers'
 * `get_guidance_scale_embedding`, which is given w − 1).
 */
export function guidanceEmbedding(guidance: number, width: number): Float32Array {
  const half = Math.floor(width / 2);
  const out = new Float32Array(width);
  for (let i = 0; i < half; i += 1) {
    const angle = (guidance - 1) * 1000 * Math.exp((-i * Math.log(10000)) / (half - 1));
    out[i] = Math.sin(angle);
    out[half + i] = Math.cos(angle);
  }
  return out;
}
