/** Semantic maps in pixels → one-hot channels at latent size. */
import { LoomError } from '@/engine/types';

interface Size {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/**
 * indices [B|1, H, W] → one-hot [batch, channels, h, w]. Each latent cell takes
 * the label that covers most of it (of equals the one at its centre, else the
 * lowest), so that what is painted in pixels is what the network sees; at equal
 * sizes nothing changes. A map of label 0 ("none") alone is the null map: all
 * zeros, as in training. Throws `bad-input` for a label the package has not.
 */
export function encodeMap(indices: Uint8Array, from: Size, to: Size, channels: number): Float32Array {
  const cells = to.height * to.width;
  const out = new Float32Array(to.batch * channels * cells);
  const votes = new Float64Array(channels);
  for (let b = 0; b < from.batch; b += 1) {
    const plane = indices.subarray(b * from.height * from.width, (b + 1) * from.height * from.width);
    const foreign = plane.find((label) => label >= channels);
    if (foreign !== undefined)
      throw new LoomError(
        'bad-input',
        `The map has label ${foreign}, but the package knows ${channels} (0…${channels - 1}).`,
      );
    if (plane.every((label) => label === 0)) continue;
    for (let y = 0; y < to.height; y += 1)
      for (let x = 0; x < to.width; x += 1) {
        const label = winner(plane, from, to, y, x, votes);
        out[(b * channels + label) * cells + y * to.width + x] = 1;
      }
  }
  if (from.batch === 1)
    for (let b = 1; b < to.batch; b += 1) out.copyWithin(b * channels * cells, 0, channels * cells);
  return out;
}

/** The label with the largest share of cell (y, x). */
function winner(plane: Uint8Array, from: Size, to: Size, y: number, x: number, votes: Float64Array): number {
  votes.fill(0);
  const [top, bottom] = [(y * from.height) / to.height, ((y + 1) * from.height) / to.height];
  const [left, right] = [(x * from.width) / to.width, ((x + 1) * from.width) / to.width];
  for (let row = Math.floor(top); row < bottom; row += 1) {
    const share = Math.min(bottom, row + 1) - Math.max(top, row);
    for (let column = Math.floor(left); column < right; column += 1) {
      const label = plane[row * from.width + column] ?? 0;
      votes[label] = (votes[label] ?? 0) + share * (Math.min(right, column + 1) - Math.max(left, column));
    }
  }
  const centre = plane[Math.floor((top + bottom) / 2) * from.width + Math.floor((left + right) / 2)] ?? 0;
  const most = Math.max(...votes);
  // Shares are sums of fractions: equal ones may differ in the last bits.
  const tied = (label: number) => most - (votes[label] ?? 0) <= most * 1e-9;
  return tied(centre) ? centre : votes.findIndex((_, label) => tied(label));
}
