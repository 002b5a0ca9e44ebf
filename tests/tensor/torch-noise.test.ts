/** torch.randn, to the bit on the CPU and to float32's rounding on CUDA, against values computed with torch itself. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { noiseData } from '@/engine/tensor/noise';

const fixture = (name: string): URL => new URL(`../fixtures/noise/${name}`, import.meta.url);
const shape = z.array(z.int());
const cpu = z
  .object({
    cases: z.array(
      z.object({ seed: z.string(), shape, sha256: z.array(z.string()), first: z.array(z.number()) }),
    ),
  })
  .parse(JSON.parse(readFileSync(fixture('torch-cpu.json'), 'utf8')));
const sha256 = (values: Float32Array): string => createHash('sha256').update(values).digest('hex');

describe('torch.randn on the CPU', () => {
  for (const one of cpu.cases) {
    it(`seed ${one.seed}, ${one.shape.join('×')}: three calls, bit for bit`, () => {
      const seed = BigInt(one.seed);
      // A shape of one axis is one element of a batch here.
      const dims = one.shape.length === 1 ? [1, ...one.shape] : one.shape;
      const draw = (stream: number) => noiseData(dims, { seed, stream, generator: 'torch-cpu' });
      const first = draw(0);
      expect([...new Uint32Array(first.buffer).subarray(0, one.first.length)]).toEqual(
        one.first.slice(0, first.length),
      );
      expect([first, draw(1), draw(2)].map(sha256)).toEqual(one.sha256);
    });
  }
  it('element k of a batch alone is that of the whole batch, and each with a seed of its own is the next seed', () => {
    const source = { seed: 42n, stream: 1, generator: 'torch-cpu' } as const;
    const all = noiseData([3, 4, 8, 8], source);
    expect(noiseData([1, 4, 8, 8], { ...source, firstElement: 2 })).toEqual(all.slice(512));
    const each = noiseData([2, 4, 8, 8], { ...source, seeds: 'each' });
    expect(each.slice(256)).toEqual(noiseData([1, 4, 8, 8], { ...source, seed: 43n }));
  });
});

describe('torch.randn on CUDA', () => {
  it('seed 0 gives the twelve values that A1111’s rng_philox.py documents', () => {
    const want = [
      -0.92466259, -0.42534415, -2.6438457, 0.14518388, -0.12086647, -0.57972564, -0.62285122, -0.32838709,
      -1.07454231, -0.36314407, -1.67105067, 2.26550497,
    ];
    const got = noiseData([1, 12], { seed: 0n, stream: 0, generator: 'torch-cuda' });
    for (const [i, value] of want.entries()) expect(Math.abs((got[i] ?? 9) - value)).toBeLessThan(1e-6);
  });
  it('goes on from call to call, and numbers the elements through the batch or anew for each', () => {
    const source = { seed: 7n, stream: 0, generator: 'torch-cuda' } as const;
    const all = noiseData([2, 4, 8, 8], source);
    expect(noiseData([1, 4, 8, 8], { ...source, firstElement: 1 })).toEqual(all.slice(256));
    expect(noiseData([2, 4, 8, 8], { ...source, stream: 1 })).not.toEqual(all);
    const each = noiseData([2, 4, 8, 8], { ...source, seeds: 'each' });
    expect(each.slice(0, 256)).toEqual(all.slice(0, 256));
    expect(each.slice(256)).toEqual(noiseData([1, 4, 8, 8], { ...source, seed: 8n }));
  });
  it('is normal', () => {
    const drawn = noiseData([1, 4, 64, 64], { seed: 5n, stream: 0, generator: 'torch-cuda' });
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });
  // Written by tests/gpu/torch_cuda_noise.py on a machine with a GPU.
  it.skipIf(!existsSync(fixture('torch-cuda.json')))('equals a real GPU’s within 2e-6', () => {
    const numbers = z.array(z.array(z.number()));
    const { cases } = z
      .object({
        cases: z.array(z.object({ seed: z.string(), shape, first: numbers, last: numbers })),
      })
      .parse(JSON.parse(readFileSync(fixture('torch-cuda.json'), 'utf8')));
    let worst = 0;
    for (const one of cases) {
      for (const stream of [0, 1, 2]) {
        const got = noiseData(one.shape, { seed: BigInt(one.seed), stream, generator: 'torch-cuda' });
        const ends = [...(one.first[stream] ?? []), ...(one.last[stream] ?? [])];
        const ours = [...got.subarray(0, one.first[stream]?.length), ...got.subarray(-8)];
        for (const [i, value] of ends.entries())
          worst = Math.max(worst, Math.abs(value - (ours[i] ?? Number.NaN)));
      }
    }
    console.log(`worst difference to CUDA over ${cases.length} cases: ${worst.toExponential(1)}`);
    expect(worst).toBeLessThan(2e-6);
  });
});
