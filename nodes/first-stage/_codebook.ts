/** Nearest codebook entries of a VQ first stage (van den Oord et al. 1711.00937, eq. 1), and back. */
import { LoomError, type FirstStage, type Tensor, type TensorOps } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { readFloats } from '../_shared/read';

export type Codebook = NonNullable<FirstStage['codebook']>;

/** latent [B, C, h, w] → codes int32 [B, h, w] and the entries themselves [B, C, h, w]. Reads back. */
export async function nearestCodes(
  ops: TensorOps,
  latent: Tensor,
  codebook: Codebook,
): Promise<{ codes: Tensor; quantised: Tensor }> {
  const { batch, channels, height, width } = nchw(latent);
  const values = await readFloats(latent);
  const { entries, vectors } = codebook;
  const plane = height * width;
  // |z − e|² = |z|² − 2 z·e + |e|²: |z|² does not decide.
  const squares = Float64Array.from({ length: entries }, (_, e) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += (vectors[e * channels + c] ?? 0) ** 2;
    return sum;
  });
  const codes = new Int32Array(batch * plane);
  const cell = new Float64Array(channels);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < channels; c++) cell[c] = values[(b * channels + c) * plane + i] ?? 0;
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let e = 0; e < entries; e++) {
        let distance = squares[e] ?? 0;
        for (let c = 0; c < channels; c++) distance -= 2 * (cell[c] ?? 0) * (vectors[e * channels + c] ?? 0);
        if (distance < least) {
          least = distance;
          best = e;
        }
      }
      codes[b * plane + i] = best;
    }
  }
  return {
    codes: ops.from(codes, [batch, height, width]),
    quantised: lookUp(ops, codes, [batch, height, width], codebook, channels),
  };
}

/** codes [B, h, w] → codebook entries [B, C, h, w]. Throws `bad-input` for an index outside the codebook. */
export function lookUp(
  ops: TensorOps,
  codes: ArrayLike<number>,
  dims: readonly [number, number, number],
  codebook: Codebook,
  channels: number,
): Tensor {
  const [batch, height, width] = dims;
  const plane = height * width;
  const out = new Float32Array(batch * channels * plane);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < plane; i++) {
      const code = codes[b * plane + i] ?? -1;
      if (code < 0 || code >= codebook.entries) {
        throw new LoomError(
          'bad-input',
          `Code ${code} is outside the codebook of ${codebook.entries} entries.`,
          { port: 'codes' },
        );
      }
      for (let c = 0; c < channels; c++) {
        out[(b * channels + c) * plane + i] = codebook.vectors[code * channels + c] ?? 0;
      }
    }
  }
  return ops.from(out, [batch, channels, height, width]);
}
