/**
 * Standard normal deviates that have the same bits everywhere.
 *
 * `Math.log`, `Math.sin` and `Math.cos` may differ between engines, and the
 * GPU's differ between drivers, in the last bits. Box–Muller (1958) is
 * therefore spelled here with operations that IEEE 754 fixes to the bit in
 * float64 (+ − × ÷ √ and conversions; JavaScript neither fuses nor reorders
 * them) and polynomials taken from FreeBSD's msun (fdlibm, Sun Microsystems:
 * `e_log.c`, `k_sin.c`, `k_cos.c`). Only the final result is rounded to
 * float32. Every backend makes its noise here, on the CPU, and uploads it.
 */
import { philox4x32, type Block } from './philox';

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** 2^e for e = 0…32, by exact doublings (`**` is only approximate in the language's rules). */
const POWERS = Array.from({ length: 33 }, () => 1);
for (let e = 1; e < POWERS.length; e += 1) POWERS[e] = 2 * (POWERS[e - 1] ?? 0);
const QUARTER_TURN = 0x40000000;

/** Natural logarithm of (n + ½)·2⁻³² for an unsigned 32-bit n, below 1 ulp. */
function logUniform(n: number): number {
  // n + ½ = m·2^e exactly, with m in [√½, √2).
  const odd = n + 0.5;
  let exponent = 32 - Math.clz32(n);
  let m = odd / (POWERS[exponent] ?? 1); // [½, 1), a power of two: exact
  if (m < Math.SQRT1_2) {
    m *= 2;
    exponent -= 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const rest =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const r = even + rest;
  const half = 0.5 * f * f;
  const k = exponent - 32;
  return k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
}

/** sin(x) for |x| ≤ π/4. */
function sinKernel(x: number): number {
  const z = x * x;
  const r =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  return x + z * x * (-1.66666666666666324348e-1 + z * r);
}

/** cos(x) for |x| ≤ π/4. */
function cosKernel(x: number): number {
  const z = x * x;
  const r =
    z *
    (4.16666666666666019037e-2 +
      z *
        (-1.38888888888741095749e-3 +
          z *
            (2.48015872894767294178e-5 +
              z *
                (-2.75573143513906633035e-7 +
                  z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11)))));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + z * r);
}

/**
 * Two independent standard normals from two uniform 32-bit words:
 * ρ = √(−2·ln((a + ½)/2³²)), θ = 2π·(b + ½)/2³², z = ρ·(cos θ, sin θ),
 * rounded to float32. |z| ≤ 6.77.
 */
export function boxMuller(a: number, b: number): readonly [number, number] {
  const radius = Math.sqrt(-2 * logUniform(a));
  // θ = (π/2)·(quadrant + fraction), the fraction in [−½, ½): exact until the one product with π/2.
  const turn = b + 0.5;
  const quadrant = Math.floor(turn / QUARTER_TURN + 0.5);
  const angle = (turn / QUARTER_TURN - quadrant) * (Math.PI / 2);
  const sin = sinKernel(angle);
  const cos = cosKernel(angle);
  const corner = quadrant & 3;
  const x = corner === 0 ? cos : corner === 1 ? -sin : corner === 2 ? -cos : sin;
  const y = corner === 0 ? sin : corner === 1 ? cos : corner === 2 ? -sin : -cos;
  return [Math.fround(radius * x), Math.fround(radius * y)];
}

/**
 * Fills `out` with the normals of one batch element: flat index i is lane
 * i mod 4 of Philox block ⌊i/4⌋ at counter (⌊i/4⌋, element, stream, 0) under
 * the key (low, high half of the seed).
 */
export function fillNormal(out: Float32Array, seed: bigint, stream: number, element: number): void {
  const k0 = Number(BigInt.asUintN(32, seed));
  const k1 = Number(BigInt.asUintN(32, seed >> 32n));
  const block: Block = [0, 0, 0, 0];
  for (let i = 0; i < out.length; i += 4) {
    philox4x32(i / 4, element >>> 0, stream >>> 0, 0, k0, k1, block);
    const [z0, z1] = boxMuller(block[0], block[1]);
    const [z2, z3] = boxMuller(block[2], block[3]);
    // Writes past the end of a typed array are dropped.
    out[i] = z0;
    out[i + 1] = z1;
    out[i + 2] = z2;
    out[i + 3] = z3;
  }
}
