/** What a manifest says a network takes, and what a run of it then takes on wasm. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCatalog } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { manifestSchema } from '@/models/manifest';
import { installedOf, readPackage } from '@/models/packages';

const tiny = () => readPackage(createNodeFiles('tests/fixtures'), 'tiny');

describe('memory of a package', () => {
  it('is what was measured; half precision takes half; loading holds stored and expanded weights', async () => {
    const installed = await tiny();
    const { memory: measured, files, unet } = installed.manifest;
    const catalog = createCatalog([installed]);
    const single = catalog.memory?.('tiny', { kind: 'wasm', precision: 'fp32' });
    const half = catalog.memory?.('tiny', { kind: 'webgpu', precision: 'fp16' });
    const stored = files[unet?.network.weights ?? '']?.size ?? 0;
    expect(stored).toBeGreaterThan(0);
    expect(Object.keys(single ?? {}).toSorted()).toEqual(['decoder', 'encoder', 'text', 'unet']);
    expect(single?.unet).toEqual({
      ...measured?.unet,
      loading: (measured?.unet?.weights ?? 0) + 2 * stored,
      cells: 64,
    });
    expect(half?.unet?.weights).toBe((single?.unet?.weights ?? 0) / 2);
    expect(half?.unet?.perCell).toBe((single?.unet?.perCell ?? 0) / 2);
    // Only wasm packs weights in its own memory and has gaps there.
    expect(single?.unet?.session).toBeGreaterThan(0);
    expect(half?.unet).toMatchObject({ session: 0, spread: 1 });
  });

  it('takes what an older manifest does not say as nothing', async () => {
    const { manifest } = await tiny();
    const older = manifestSchema.parse({
      ...manifest,
      memory: { unet: { weights: 8, fixed: 4, perCell: 2 } },
    });
    expect(older.memory).toEqual({ unet: { weights: 8, session: 0, fixed: 4, perCell: 2, spread: 1 } });
    const unet = createCatalog([installedOf(older, 'h')]).memory?.('tiny', {
      kind: 'wasm',
      precision: 'fp32',
    })?.unet;
    expect(unet).toMatchObject({ weights: 8, session: 0, fixed: 4, perCell: 2, spread: 1 });
    expect(unet).not.toHaveProperty('attention');
  });

  it('halves attention’s share too', async () => {
    const { manifest, hash } = await tiny();
    const { unet } = manifest.memory ?? {};
    if (!unet) throw new Error('The fixture was not measured.');
    const memory = { unet: { ...unet, attention: { perCell: -8, perPair: 3 } } };
    const catalog = createCatalog([installedOf({ ...manifest, memory }, hash)]);
    const half = catalog.memory?.('tiny', { kind: 'webgpu', precision: 'fp16' });
    expect(half?.unet?.attention).toEqual({ perCell: -4, perPair: 1.5 });
  });

  it('is not known of a package that was not measured', async () => {
    const { manifest, hash } = await tiny();
    const { memory: _, ...without } = manifest;
    const catalog = createCatalog([installedOf(without, hash)]);
    expect(catalog.memory?.('tiny', { kind: 'wasm', precision: 'fp32' })).toBeUndefined();
    expect(catalog.memory?.('other', { kind: 'wasm', precision: 'fp32' })).toBeUndefined();
  });

  // Only Linux tells which pages of wasm's memory were touched.
  it.skipIf(process.platform !== 'linux')('is within 20 % of what wasm takes for a batch of 48', () => {
    const graph = 'public/templates/text-to-image.json';
    const run = ['--import', 'tsx', 'tests/bench/memory-run.ts', graph, '1', 'tests/fixtures', 'tiny', '48'];
    const text = execFileSync(process.execPath, run, { encoding: 'utf8' });
    const { status, complete, onDevice, runtime, measuredOnDevice } = z
      .object({
        status: z.string(),
        complete: z.boolean(),
        onDevice: z.number(),
        runtime: z.number(),
        measuredOnDevice: z.number(),
      })
      .parse(JSON.parse(text.trim().split('\n').at(-1) ?? ''));
    expect({ status, complete }).toEqual({ status: 'finished', complete: true });
    // Without onnxruntime itself, which would hide an error of a package this small.
    const ratio = (onDevice - runtime) / (measuredOnDevice - runtime);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.2);
    expect(measuredOnDevice - runtime).toBeGreaterThan(10e6);
  });
});
