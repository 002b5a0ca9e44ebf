import { describe, expect, it } from 'vitest';
import { createCpuScope } from '@/engine/tensor/cpu-backend';
import { fromHalf, toHalf, type Tensor } from '@/engine/types';

const { ops } = createCpuScope();
const ramp = (...dims: number[]) =>
  ops.from(
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i),
    dims,
  );
const numbers = async (x: Tensor) => Array.from(await x.read(), Number);
const nan = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;

describe('CPU arithmetic', () => {
  it('sums, multiplies and blends with broadcasting', async () => {
    expect(
      await numbers(
        ops.linear([
          [2, ramp(3)],
          [-1, ramp(3)],
        ]),
      ),
    ).toEqual([0, 1, 2]);
    const mask = ops.from(Float32Array.of(0, 1), [1, 1, 1, 2]);
    expect(await numbers(ops.multiply(ramp(2, 2, 1, 2), mask))).toEqual([0, 1, 0, 3, 0, 5, 0, 7]);
    expect(await numbers(ops.blend(ramp(1, 2, 1, 2), ops.full([1, 2, 1, 2], 9), mask))).toEqual([0, 9, 2, 9]);
  });

  it('joins, cuts, flips and pads', async () => {
    expect(await numbers(ops.concat([ramp(2, 1), ramp(2, 2)], 1))).toEqual([0, 0, 1, 1, 2, 3]);
    expect(await numbers(ops.slice(ramp(2, 3), 1, 1, 3))).toEqual([1, 2, 4, 5]);
    expect(await numbers(ops.flip(ramp(2, 2), 0))).toEqual([2, 3, 0, 1]);
    expect(await numbers(ops.flip(ramp(2, 2), -1))).toEqual([1, 0, 3, 2]);
    const padded = ops.pad(ramp(1, 2, 2), { top: 1, bottom: 0, left: -1, right: 1 }, 7);
    expect(padded.dims).toEqual([1, 3, 2]);
    expect(await numbers(padded)).toEqual([7, 7, 1, 7, 3, 7]);
  });

  // torch.nn.functional.interpolate(x, align_corners=False), PyTorch 2.
  it('resizes as PyTorch does', async () => {
    const x = ramp(1, 1, 2, 2);
    expect(await numbers(ops.resize(x, 4, 4, 'bilinear'))).toEqual([
      0, 0.25, 0.75, 1, 0.5, 0.75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2, 2.25, 2.75, 3,
    ]);
    const cubic = [
      ...(await numbers(ops.resize(x, 1, 4, 'bicubic'))),
      ...(await numbers(ops.resize(ramp(1, 1, 3, 5), 4, 3, 'bicubic'))),
    ];
    const torch = [
      0.89453125, 1.2265625, 1.7734375, 2.10546875, -0.09962709993124008, 1.64111328125, 3.3818531036376953,
      2.9081859588623047, 4.64892578125, 6.389664173126221, 7.610335350036621, 9.35107421875,
      11.091811180114746, 10.618147850036621, 12.35888671875, 14.099623680114746,
    ];
    expect(cubic).toHaveLength(torch.length);
    for (const [i, want] of torch.entries()) expect(Math.abs((cubic[i] ?? NaN) - want)).toBeLessThan(1e-5);
    expect(await numbers(ops.resize(ramp(1, 1, 3, 3), 1, 1, 'area'))).toEqual([4]);
    // Exact shares of partly covered cells, where PyTorch's adaptive pooling takes whole ones.
    const [left = 0, right = 0] = await numbers(ops.resize(ramp(1, 1, 1, 3), 1, 2, 'area'));
    expect([left * 3, right * 3].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([1, 5]);
    expect(await numbers(ops.resize(ramp(1, 1, 1, 3), 1, 7, 'nearest'))).toEqual([0, 0, 1, 1, 1, 2, 2]);
  });

  it('takes statistics of each batch element and counts NaN', async () => {
    const x = ops.from(Float32Array.of(1, 3, 5, NaN), [2, 2]);
    expect(await ops.stats(x)).toEqual([
      { mean: 2, std: 1, min: 1, max: 3, nan: 0 },
      { mean: 5, std: 0, min: 5, max: 5, nan: 1 },
    ]);
  });

  it('rescales to the deviation of another tensor (Lin et al., §3.4)', async () => {
    const x = ops.from(Float32Array.of(-1, 1), [1, 2]);
    const like = ops.from(Float32Array.of(-3, 3), [1, 2]);
    expect(await numbers(ops.rescale(x, like, 1))).toEqual([-3, 3]);
    expect(await numbers(ops.rescale(x, like, 0.5))).toEqual([-2, 2]);
    expect(await numbers(ops.rescale(ops.full([1, 2], 4), like, 1))).toEqual([4, 4]);
  });

  it('refuses shapes and types that do not fit', () => {
    const wrong: readonly (() => unknown)[] = [
      () => ops.linear([]),
      () =>
        ops.linear([
          [1, ramp(2)],
          [1, ramp(3)],
        ]),
      () => ops.multiply(ramp(1, 2, 2, 2), ramp(1, 1, 2, 1)),
      () => ops.concat([ramp(2, 2), ramp(3, 3)], 0),
      () => ops.slice(ramp(2, 2), 0, 1, 3),
      () => ops.flip(ramp(2), 1),
      () => ops.resize(ramp(1, 1, 2, 2), 0, 2, 'area'),
      () => ops.pad(ramp(1, 2, 2), { top: -2, bottom: 0, left: 0, right: 0 }, 0),
      () => ops.from(Float32Array.of(1), [2]),
      () => ops.full([-1], 0),
      () => ops.clamp(ops.from(Uint8Array.of(1), [1]), 0, 1),
    ];
    for (const run of wrong) expect(run).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});

describe('half precision', () => {
  it('turns every half into a float and back', () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const back = toHalf(fromHalf(all));
    // NaNs come back as one NaN.
    expect(all.every((bits) => (nan(bits) ? nan(back[bits] ?? 0) : back[bits] === bits))).toBe(true);
  });

  it('rounds to nearest, ties to even, and overflows to infinity', () => {
    const cases: readonly (readonly [number, number])[] = [
      [1, 0x3c00],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [1 + 2 ** -11 + 2 ** -20, 0x3c01],
      [65504, 0x7bff],
      [65519, 0x7bff],
      [65520, 0x7c00],
      [-Infinity, 0xfc00],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [1.5 * 2 ** -24, 2],
      [2 ** -14 - 2 ** -26, 0x0400],
      [-0, 0x8000],
    ];
    for (const [value, bits] of cases) expect(toHalf(Float32Array.of(value))[0]).toBe(bits);
  });
});
