import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { boxMuller } from '@/engine/tensor/normal';
import { noiseData } from '@/engine/tensor/noise';
import { philox4x32 } from '@/engine/tensor/philox';

/** Random123 1.14.0, tests/kat_vectors, lines "philox4x32 10". */
const published: readonly (readonly [counter: string, key: string, result: string])[] = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
];
const words = (text: string) => text.split(' ').map((word) => Number.parseInt(word, 16));

describe('Philox-4x32-10', () => {
  it.each(published)('gives the published block for counter %s', (counter, key, result) => {
    const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = words(counter);
    const [k0 = 0, k1 = 0] = words(key);
    expect(philox4x32(c0, c1, c2, c3, k0, k1, [0, 0, 0, 0])).toEqual(words(result));
  });
});

describe('Box–Muller', () => {
  const words32 = [
    0, 1, 2, 3, 12345, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0xbfffffff, 0xfffffffe, 0xffffffff,
  ];
  it('agrees with the platform’s logarithm and circle functions to float32', () => {
    for (const a of words32)
      for (const b of words32) {
        const radius = Math.sqrt(-2 * Math.log((a + 0.5) / 2 ** 32));
        const angle = 2 * Math.PI * ((b + 0.5) / 2 ** 32);
        const [x, y] = boxMuller(a, b);
        expect(Math.abs(x - radius * Math.cos(angle))).toBeLessThanOrEqual(radius * 6e-8);
        expect(Math.abs(y - radius * Math.sin(angle))).toBeLessThanOrEqual(radius * 6e-8);
      }
  });
});

const bits = (data: Float32Array) =>
  createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');

const draw = (seed: bigint, stream: number, firstElement = 0) =>
  bits(noiseData([1, 8], { seed, stream, firstElement }));

describe('noise', () => {
  it('has these very bits; tests/browser checks the same digest in Chromium on both backends', () => {
    expect(bits(noiseData([2, 4, 33, 31], { seed: 2n ** 64n - 1n, stream: 3 }))).toMatchInlineSnapshot(
      `"fca99f281cd81e68347e17c275e909dd27061ae9260335f00f2f10b5b5d1136c"`,
    );
  });

  it('makes element k of a batch alone', () => {
    const all = noiseData([3, 4, 5, 7], { seed: 7n, stream: 0 });
    const one = noiseData([1, 4, 5, 7], { seed: 7n, stream: 0, firstElement: 2 });
    expect(one).toEqual(all.subarray(2 * 140));
  });

  it('differs by seed (all 64 bits), stream and element', () => {
    const seen = new Set([draw(1n, 0), draw(1n + (1n << 63n), 0), draw(1n, 1), draw(1n, 0, 1), draw(2n, 0)]);
    expect(seen.size).toBe(5);
  });

  it('has the moments of a standard normal', () => {
    const n = 1 << 20;
    const data = noiseData([1, n], { seed: 20260101n, stream: 0 });
    const moment = (k: number) => data.reduce((sum, z) => sum + z ** k, 0) / n;
    // Standard errors: 1/√n, √(2/n), √(15/n), √(96/n).
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  it('refuses a seed beyond 64 bits', () => {
    expect(() => noiseData([1], { seed: 1n << 64n, stream: 0 })).toThrow(/64-bit/u);
    expect(() => noiseData([1], { seed: -1n, stream: 0 })).toThrow(/64-bit/u);
  });
});
