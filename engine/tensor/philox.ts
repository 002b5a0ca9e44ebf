/**
 * Philox-4x32-10, the counter-based generator of Salmon, Moraes, Dror and
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). Integer
 * arithmetic only: the same bits on every machine. Checked against the
 * vectors published with Random123 (tests/tensor/philox.test.ts).
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function high(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Each partial product is below 2^32 and each sum below 2^53: exact in doubles.
  const low = aLow * bLow;
  const middle = aHigh * bLow + Math.floor(low / 0x10000);
  const other = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)) >>> 0;
}

/** Four unsigned 32-bit words. */
export type Block = [number, number, number, number];

/**
 * One block: 128-bit counter (c0 lowest) and 64-bit key (k0 lowest) → four
 * uniform unsigned 32-bit words, written into `out`.
 */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Block,
): Block {
  let [x0, x1, x2, x3, a, b] = [c0, c1, c2, c3, k0, k1];
  for (let round = 0; round < ROUNDS; round += 1) {
    const high0 = high(M0, x0);
    const low0 = Math.imul(M0, x0) >>> 0;
    const high1 = high(M1, x2);
    const low1 = Math.imul(M1, x2) >>> 0;
    x0 = (high1 ^ x1 ^ a) >>> 0;
    x2 = (high0 ^ x3 ^ b) >>> 0;
    x1 = low1;
    x3 = low0;
    a = (a + W0) >>> 0;
    b = (b + W1) >>> 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
  return out;
}
