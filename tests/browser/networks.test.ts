import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { networkCases } from './network-cases';
import { withPage } from './serve';

const resultSchema = z.object({
  /** An error of Infinity arrives as null. */
  results: z.array(
    z.object({
      name: z.string(),
      cut: z.string(),
      error: z.number().nullable(),
      within: z.number(),
      ways: z.number(),
    }),
  ),
  faults: z.array(z.string()),
});

describe('kernels of our own on a software GPU, with the limits that every adapter has', () => {
  let result: z.output<typeof resultSchema>;
  beforeAll(async () => {
    result = await withPage('tests/browser/network-page.ts', async (page) => {
      await page.waitForFunction(() => 'result' in globalThis || 'failed' in globalThis, undefined, {
        timeout: 580_000,
      });
      const failed = await page.evaluate(() =>
        'failed' in globalThis ? String(Reflect.get(globalThis, 'failed')) : '',
      );
      if (failed !== '') throw new Error(failed);
      return resultSchema.parse(await page.evaluate(() => Reflect.get(globalThis, 'result')));
    });
  }, 600_000);

  it.each(networkCases.map(({ name }, index) => [name, index] as const))(
    'agrees with float64: %s',
    (name, index) => {
      const one = result.results[index];
      expect(one?.name).toBe(name);
      expect(one?.error ?? Infinity, one?.cut).toBeLessThanOrEqual(one?.within ?? 0);
    },
  );

  it('runs products in many cuts', () => {
    expect(Math.max(...result.results.map(({ ways }) => ways))).toBeGreaterThan(8);
  });

  it('does nothing that WebGPU complains of', () => {
    expect(result.faults).toEqual([]);
  });
});
