/**
 * `torch.randn` on CUDA: element i of a call is the first normal of cuRAND's Philox-4x32-10 subsequence i, at an offset
 * that rises by one block a call, and Box–Muller in float32 with the sine first (`curand_normal4`). So A1111's
 * `rng_philox.py` has it too, there in float64. Holds while there are at least as many threads as elements (270,336 on
 * an H200, 125,952 on an RTX 3090; a latent of 4×128×128 has 65,536). CUDA's own `logf` and `sinf` may differ
 * from these in the last bits.
 */
import { philox4x32, type Block } from './philox';

const f = Math.fround;
const scale = f(2 ** -32);
const angle = f(2 ** -32 * 2 * Math.PI);

/**
 * Fills `out` with elements `from`, `from` + 1 … of call number `call` (0 = the generator's first) under a 64-bit seed.
 */
export function fillTorchCuda(out: Float32Array, seed: bigint, call: number, from: number): void {
  const low = Number(BigInt.asUintN(32, seed));
  const high = Number(BigInt.asUintN(32, seed >> 32n));
  const block: Block = [0, 0, 0, 0];
  for (let i = 0; i < out.length; i++) {
    philox4x32(call >>> 0, 0, from + i, 0, low, high, block);
    const u = f(f(block[0]) * scale + scale / 2);
    const v = f(f(block[1]) * angle + angle / 2);
    out[i] = f(Math.sqrt(f(-2 * f(Math.log(u))))) * f(Math.sin(v));
  }
}
