/** LoRAs on an opened package, as nodes use them. */
import { afterAll, describe, expect, it } from 'vitest';
import { createNodeFolder } from '@/models/folder-node';
import { findPackages } from '@/models/describe/find';
import { findLoras } from '@/models/lora/open-lora';
import { createModelSource } from '@/models/source';
import type { LoadedModels } from '@/models/source';
import type { UNet } from '@/engine/types';
import { backend, decibels, fixtures, golden, type Golden } from './kit';

const { signal } = new AbortController();

async function opened(): Promise<{
  models: LoadedModels;
  unet: UNet;
  lora: (name: string) => ReturnType<NonNullable<LoadedModels['lora']>>;
}> {
  const packages = (await findPackages(createNodeFolder(`${fixtures}/sd15.safetensors`), signal)).flatMap(
    (found) => ('known' in found ? [found.known] : []),
  );
  const loras = await findLoras(createNodeFolder(fixtures), signal);
  const files = { open: () => Promise.reject(new Error('no file of ours is read')) };
  const models = createModelSource({ backend: await backend(), files, packages, loras });
  const { unet } = await models.open(packages[0]?.description.id ?? '', { signal });
  if (unet === undefined) throw new Error('no U-Net');
  return {
    models,
    unet,
    lora: async (name) => {
      const id = loras.find((one) => one.name === name)?.id ?? name;
      if (models.lora === undefined) throw new Error('no LoRAs');
      return models.lora(id, { signal });
    },
  };
}

async function called(unet: UNet): Promise<Golden> {
  const machine = await backend();
  const scope = machine.scope();
  try {
    const [sample, context] = ['sd15.unet.sample', 'sd15.unet.encoder_hidden_states'].map((name) => {
      const { values, dims } = golden(name);
      return scope.ops.from(values, dims);
    });
    if (sample === undefined || context === undefined) throw new Error('no feeds');
    const out = await unet.call(sample, [601, 3], context, { ops: scope.ops, signal });
    const values = await out.read();
    if (!(values instanceof Float32Array)) throw new Error('no floats');
    return { dims: out.dims, values };
  } finally {
    scope.release();
  }
}

describe('LoRAs on a checkpoint that was opened', async () => {
  const { models, unet, lora } = await opened();
  afterAll(async () => models.unload());

  it('are found by their headers among models', async () => {
    const names = (await findLoras(createNodeFolder(fixtures), signal)).map(({ name }) => name);
    expect(names).toEqual(['lora-diffusers', 'lora-kohya', 'lora-peft']);
  });

  it('are added one after the other; the base stays as it is', async () => {
    const file = await lora('lora-kohya');
    const once = await unet.withLora?.(file, 1, { signal });
    const twice = await once?.withLora?.(await lora('lora-diffusers'), -0.4, { signal });
    if (once === undefined || twice === undefined) throw new Error('takes no LoRA');
    expect(decibels(await called(once), golden('lora.unet.1.0.out_sample'))).toBeGreaterThan(100);
    expect(decibels(await called(twice), golden('lora.unet.0.6.out_sample'))).toBeGreaterThan(90);
    expect(decibels(await called(unet), golden('sd15.unet.out_sample'))).toBeGreaterThan(100);
    expect(twice.loras).toMatchObject([
      { id: file.id, strength: 1, applied: 8, left: [] },
      { strength: -0.4, applied: 8, left: [] },
    ]);
    expect(unet.loras).toBe(undefined);
  });

  it('strength 0 is the very same; the text encoder has its own strength', async () => {
    const file = await lora('lora-kohya');
    expect(await unet.withLora?.(file, 0, { signal })).toBe(unet);
    const words = await unet.conditioner.withLora?.(file, 0.5, { signal });
    expect(words?.loras).toMatchObject([{ strength: 0.5, applied: 3 }]);
    // One of the U-Net alone leaves the text encoder as it is.
    expect(await unet.conditioner.withLora?.(await lora('lora-peft'), 1, { signal })).toBe(unet.conditioner);
  });

  it('are refused with words: unknown, no number', async () => {
    await expect(lora('file:nowhere#0')).rejects.toMatchObject({ code: 'file-missing' });
    await expect(unet.withLora?.(await lora('lora-kohya'), NaN, { signal })).rejects.toMatchObject({
      code: 'invalid-param',
    });
    await expect(unet.withLora?.({ id: 'forged' }, 1, { signal })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });
});
