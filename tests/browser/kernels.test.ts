import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { noiseData } from '@/engine/tensor/noise';
import { fromHalf, toHalf } from '@/engine/types';
import { HALVES, kernelCases } from './kernel-cases';
import { withPage } from './serve';

const infoSchema = z.object({
  kind: z.string(),
  precision: z.string(),
  device: z.string(),
  limits: z.array(z.string()),
});
const resultSchema = z.object({
  half: z.object({ bits: z.array(z.number()), values: z.array(z.number()) }),
  passed: z.boolean(),
  replaced: z.array(z.number().nullable()),
  lost: z.object({
    codes: z.array(z.string()),
    reason: z.string(),
    live: z.object({ tensors: z.number(), bytes: z.number(), sessions: z.number() }),
  }),
  gpu: infoSchema,
  cpu: infoSchema,
  automatic: infoSchema,
  digests: z.array(z.string()),
  compared: z.object({
    results: z.array(
      z.object({ name: z.string(), error: z.number().nullable(), shape: z.string(), wantShape: z.string() }),
    ),
    leaked: z.number(),
  }),
  networks: z.array(z.number().nullable()),
  attended: z.number().nullable(),
  leaked: z.array(z.array(z.number())),
  weightsFetched: z.array(z.string()),
});

describe('in Chromium with a software GPU', () => {
  let result: z.output<typeof resultSchema>;
  beforeAll(async () => {
    result = await withPage('tests/browser/page.ts', async (page) => {
      await page.waitForFunction(() => 'result' in globalThis || 'failed' in globalThis, undefined, {
        timeout: 240_000,
      });
      const failed = await page.evaluate(() =>
        'failed' in globalThis ? String(Reflect.get(globalThis, 'failed')) : '',
      );
      if (failed !== '') throw new Error(failed);
      return resultSchema.parse(await page.evaluate(() => Reflect.get(globalThis, 'result')));
    });
  }, 300_000);

  it('chooses WebGPU when asked to, and wasm over a software adapter when not', () => {
    expect(result.gpu).toMatchObject({ kind: 'webgpu', precision: 'fp32', limits: ['no-shader-f16'] });
    expect(result.cpu).toMatchObject({ kind: 'wasm', precision: 'fp32', limits: ['forced'] });
    expect(result.automatic).toMatchObject({ kind: 'wasm', limits: ['software-adapter'] });
  });

  it.each(kernelCases.map(({ name }, index) => [name, index] as const))(
    'GPU and CPU agree: %s',
    (name, index) => {
      const compared = result.compared.results[index];
      expect(compared?.name).toBe(name);
      expect(compared?.shape).toBe(compared?.wantShape);
      // Infinity, where NaNs or lengths differ, arrives as null.
      expect(compared?.error ?? Infinity).toBeLessThanOrEqual(1e-6);
    },
  );

  it('makes the noise of Node, bit for bit, on both backends', () => {
    const data = noiseData([2, 4, 33, 31], { seed: 2n ** 64n - 1n, stream: 3 });
    const node = createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex');
    expect(result.digests).toEqual([node, node]);
  });

  it('attends on both to the same result: SwiftShader has subgroups of 4, which onnxruntime gets wrong', () => {
    expect(result.attended ?? Infinity).toBeLessThan(1e-5);
  });

  it('runs the tiny package on both to the same result', () => {
    expect(result.networks).toHaveLength(4);
    for (const error of result.networks) expect(error ?? Infinity).toBeLessThan(5e-5);
  });

  it('passes the self-test of our own kernels', () => {
    expect(result.passed).toBe(true);
  });

  it('converts to half precision and back at a session’s boundary', () => {
    const want = toHalf(Float32Array.from(HALVES));
    expect(result.half.bits).toHaveLength(HALVES.length);
    // The specification lets a value between two halves go either way.
    for (const [i, bits] of result.half.bits.entries())
      expect(Math.abs(bits - (want[i] ?? NaN))).toBeLessThanOrEqual(1);
    expect(result.half.bits.filter((bits, i) => bits !== want[i]).length).toBeLessThanOrEqual(1);
    expect(result.half.values).toEqual([...fromHalf(Uint16Array.from(result.half.bits))]);
  });

  it('says that the device is lost, and frees what is let go after', () => {
    expect(result.lost.codes).toEqual(['device-lost', 'device-lost']);
    expect(result.lost).toMatchObject({ reason: 'string', live: { tensors: 0, bytes: 0, sessions: 0 } });
  });

  it('computes on another device after one was lost, there by onnxruntime alone', () => {
    expect(result.replaced).toHaveLength(4);
    // onnxruntime's own kernels approximate tanh and exp differently on the two.
    for (const error of result.replaced) expect(error ?? Infinity).toBeLessThan(5e-4);
  });

  it('leaks neither tensors nor sessions', () => {
    expect(result.compared.leaked).toBe(0);
    expect(result.leaked).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('fetches each weights file once: the second backend takes it from the cache', () => {
    expect(result.weightsFetched.toSorted()).toEqual([
      'text_encoder.safetensors',
      'unet.safetensors',
      'vae_decoder.safetensors',
      'vae_encoder.safetensors',
    ]);
  });
});
