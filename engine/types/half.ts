/** IEEE 754 half precision as bits: for sessions that compute in it, and for weights stored in it. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Nearest half to a float32, ties to even; beyond 65504 infinity. */
export function halfBits(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 0xff;
  const mantissa = word & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  const e = exponent - 112;
  if (e >= 31) return sign | 0x7c00;
  if (e <= 0) {
    if (e < -10) return sign;
    // Subnormal: the implicit one is shifted in with the rest.
    return sign | roundShift(mantissa | 0x800000, 14 - e);
  }
  // A carry out of the mantissa rightly raises the exponent.
  return sign + ((e << 10) | 0) + roundShift(mantissa, 13);
}

/** n / 2^shift, rounded to nearest, ties to even. */
function roundShift(n: number, shift: number): number {
  const floor = n >>> shift;
  const rest = n & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return rest > tie || (rest === tie && (floor & 1) === 1) ? floor + 1 : floor;
}

/** Value of a half. */
export function halfValue(half: number): number {
  const sign = (half & 0x8000) === 0 ? 1 : -1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 5.9604644775390625e-8;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  bits[0] = ((half & 0x8000) << 16) | ((exponent + 112) << 23) | (mantissa << 13);
  return float[0] ?? 0;
}

/** float32 array → half bits. */
export function toHalf(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i += 1) out[i] = halfBits(values[i] ?? 0);
  return out;
}

/** Half bits → float32 array. */
export function fromHalf(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) out[i] = halfValue(halves[i] ?? 0);
  return out;
}
