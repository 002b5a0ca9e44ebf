/**
 * `torch.randn` on the CPU, to the bit: the Mersenne Twister (Matsumoto & Nishimura 1998) and torch's
 * two normal transforms. From 16 elements on torch fills by sixteens with Box–Muller on float32 (its vectorised
 * kernel: Cephes polynomials, multiply–adds fused as the released x86 builds fuse them); below,
 * one by one in float64. Checked against torch 2.15 (tests/fixtures/noise).
 */

const f = Math.fround;
const two = f(2 * Math.PI);
const words = 624;

/** torch's CPU generator: the state of one `torch.Generator`. */
export class TorchGenerator {
  readonly #state = new Uint32Array(words);
  #next = words;
  /** The second normal of a pair drawn one by one: torch keeps it for the next call. */
  #spare: number | undefined;

  /** Only the lower 32 bits of the seed count. */
  constructor(seed: bigint) {
    let word = Number(BigInt.asUintN(32, seed));
    this.#state[0] = word;
    for (let i = 1; i < words; i++) {
      word = (Math.imul(1_812_433_253, word ^ (word >>> 30)) + i) >>> 0;
      this.#state[i] = word;
    }
  }

  /** The normals of a call of `torch.randn` with this many elements. */
  normals(count: number): Float32Array {
    const out = new Float32Array(count);
    if (count < 16) {
      for (let i = 0; i < count; i++) out[i] = this.#single();
      return out;
    }
    for (let i = 0; i < count; i++) out[i] = this.#uniform();
    for (let i = 0; i + 16 <= count; i += 16) sixteen(out, i);
    if (count % 16 !== 0) {
      // The last sixteen are drawn anew, over the end of the sixteen before.
      for (let i = count - 16; i < count; i++) out[i] = this.#uniform();
      sixteen(out, count - 16);
    }
    return out;
  }

  /** Goes on as if `normals(count)` had been called. */
  skip(count: number): void {
    if (count < 16) {
      this.normals(count);
      return;
    }
    let left = count + (count % 16 === 0 ? 0 : 16);
    while (left > 0) {
      if (this.#next === words) this.#twist();
      const taken = Math.min(left, words - this.#next);
      this.#next += taken;
      left -= taken;
    }
  }

  #twist(): void {
    const state = this.#state;
    for (let k = 0; k < words; k++) {
      const y = ((state[k] ?? 0) & 0x80000000) | ((state[(k + 1) % words] ?? 0) & 0x7fffffff);
      state[k] = (state[(k + 397) % words] ?? 0) ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
    }
    this.#next = 0;
  }

  #word(): number {
    if (this.#next === words) this.#twist();
    let y = this.#state[this.#next] ?? 0;
    this.#next += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** 24 bits in 0…1. */
  #uniform(): number {
    return (this.#word() & 0xffffff) * 2 ** -24;
  }

  /** 53 bits in 0…1. */
  #double(): number {
    const high = this.#word();
    const low = this.#word();
    return ((high & 0x1fffff) * 2 ** 32 + low) * 2 ** -53;
  }

  #single(): number {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) return spare;
    const angle = 2 * Math.PI * this.#double();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#double()));
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Box–Muller in place: elements k and k + 8 of sixteen uniforms become two normals. */
function sixteen(data: Float32Array, at: number): void {
  for (let k = at; k < at + 8; k++) {
    const radius = f(Math.sqrt(f(-2 * log(f(1 - (data[k] ?? 0))))));
    const [sin, cos] = sinCos(f(two * (data[k + 8] ?? 0)));
    data[k] = radius * cos;
    data[k + 8] = radius * sin;
  }
}

/** a·b + c rounded once to float32; the product of two float32 is exact in float64. */
const fma = (a: number, b: number, c: number): number => f(a * b + c);
const polynomial = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduce((sum, c, i) => (i === 0 ? c : fma(sum, x, c)), 0);
const float32 = (...values: number[]): readonly number[] => values.map(f);

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);
const logTerms = float32(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);
const [ln2Low, ln2High, sqrtHalf] = [f(-2.1219444e-4), f(0.693359375), f(Math.SQRT1_2)];

/** ln x, x > 0 (Cephes `logf`). */
function log(x: number): number {
  value[0] = Math.max(x, 1.1754943508222875e-38);
  const raw = bits[0] ?? 0;
  bits[0] = (raw & 0x007fffff) | 0x3f000000;
  let m = value[0] ?? 0;
  let e = (raw >>> 23) - 126;
  if (m < sqrtHalf) {
    e -= 1;
    m = f(f(m - 1) + m);
  } else m = f(m - 1);
  const z = f(m * m);
  const y = f(polynomial(m, logTerms) * m);
  const rest = f(fma(y, z, f(e * ln2Low)) - z * 0.5);
  return fma(e, ln2High, f(m + rest));
}

const cosTerms = float32(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2);
const sinTerms = float32(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1);
const quarters = float32(-0.78515625, -2.4187564849853516e-4, -3.774894977445941e-8);
const fourOverPi = f(1.27323954473516);

/** [sin x, cos x] for x ≥ 0 (Cephes `sinf`, `cosf`). */
function sinCos(x: number): readonly [number, number] {
  const octant = (Math.trunc(f(x * fourOverPi)) + 1) & ~1;
  const rest = quarters.reduce((left, part) => fma(octant, part, left), x);
  const z = f(rest * rest);
  const half = f(z * 0.5);
  const even = f(f(f(polynomial(z, cosTerms) * z) * z - half) + 1);
  const odd = fma(f(polynomial(z, sinTerms) * z), rest, rest);
  const swap = (octant & 2) !== 0;
  const sin = (octant & 4) === 0 ? 1 : -1;
  const cos = ((octant - 2) & 4) === 0 ? -1 : 1;
  return swap ? [sin * even, cos * odd] : [sin * odd, cos * even];
}
