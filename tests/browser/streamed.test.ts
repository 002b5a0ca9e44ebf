import { expect, it } from 'vitest';
import { z } from 'zod';
import { withPage } from './serve';

const resultSchema = z.object({
  streams: z.boolean(),
  agreement: z.record(z.string(), z.number()),
  size: z.number(),
  header: z.array(z.number()),
  slices: z.number(),
  largest: z.number(),
  whole: z.boolean(),
});

it('a checkpoint is streamed from its file, tensor by tensor, and computes on WebGPU what diffusers computes', async () => {
  const result = await withPage('tests/browser/streamed-page.ts', async (page) => {
    await page.waitForFunction(() => 'result' in globalThis || 'failed' in globalThis, undefined, {
      timeout: 240_000,
    });
    const failed = await page.evaluate(() =>
      'failed' in globalThis ? String(Reflect.get(globalThis, 'failed')) : '',
    );
    if (failed !== '') throw new Error(failed);
    return resultSchema.parse(await page.evaluate(() => Reflect.get(globalThis, 'result')));
  });
  for (const [name, decibels] of Object.entries(result.agreement)) expect(decibels, name).toBeGreaterThan(80);
  expect(result.streams).toBe(true);
  expect(result.whole).toBe(false);
  expect(result.slices).toBeGreaterThan(500);
  expect(result.largest).toBeLessThan(result.size / 20);
}, 300_000);
