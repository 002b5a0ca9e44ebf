/** Checkpoints and folders of safetensors as whole packages, and LoRAs added to them by the model source. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelPackage, Tensor } from '@/engine/types';
import { createModelSource, findPackages, type KnownLora, type LoadedModels } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { createNodeFolder } from '@/models/folder-node';
import { backend, decibels, fixtures, golden } from './kit';

const signal = new AbortController().signal;

async function loraAt(file: string): Promise<KnownLora> {
  const [found] = await findPackages(createNodeFolder(`${fixtures}/${file}`), signal);
  if (found && 'lora' in found) return found.lora;
  throw new Error(`${file} is no LoRA`);
}
async function modelAt(path: string) {
  const [found] = await findPackages(createNodeFolder(`${fixtures}/${path}`), signal);
  if (found && 'known' in found) return found.known;
  throw found && 'error' in found ? found.error : new Error(path);
}

describe('LoRAs on a package', () => {
  let models: LoadedModels;
  let base: ModelPackage;
  let lora: KnownLora;
  beforeAll(async () => {
    lora = await loraAt('lora-kohya.safetensors');
    const known = await modelAt('sd15');
    models = createModelSource({
      backend: await backend(),
      files: createNodeFiles('models'),
      packages: [known],
      loras: [lora],
    });
    base = await models.open(known.description.id, { signal });
  });
  afterAll(() => models.unload());

  async function call(unet: ModelPackage['unet']) {
    const scope = (await backend()).scope();
    const { ops } = scope;
    const given = (name: string): Tensor => {
      const { values, dims } = golden(`sd15.unet.${name}`);
      return ops.from(values, dims);
    };
    const times = Array.from(golden('sd15.unet.timestep').values);
    const sample = given('sample');
    const [batch = 1] = sample.dims;
    const all = times.length === batch ? times : Array.from({ length: batch }, () => times[0] ?? 0);
    if (unet === undefined) throw new Error('no U-Net');
    const out = await unet.call(sample, all, given('encoder_hidden_states'), { ops, signal });
    const values = await out.read();
    const { dims } = out;
    scope.release();
    return { values: Float32Array.from(values, Number), dims };
  }
  const adapted = async (from: ModelPackage['unet'], strength: number) => {
    const file = await models.lora?.(lora.id, { signal });
    return file && from?.withLora?.(file, strength, { signal });
  };

  it('strength 1 is diffusers’ picture, and 0 the base bit for bit', async () => {
    expect(decibels(await call(base.unet), golden('sd15.unet.out_sample'))).toBeGreaterThan(100);
    expect(
      decibels(await call(await adapted(base.unet, 1)), golden('lora.unet.1.0.out_sample')),
    ).toBeGreaterThan(100);
    const none = await call(await adapted(base.unet, 0));
    expect(none.values).toEqual((await call(base.unet)).values);
  });

  it('two in a row are added', async () => {
    const both = await adapted(await adapted(base.unet, 1), -0.4);
    expect(decibels(await call(both), golden('lora.unet.0.6.out_sample'))).toBeGreaterThan(90);
  });
});

describe('single files', () => {
  it.each([
    [
      'sd15.safetensors',
      { layout: 'checkpoint', latent: { space: 'sd-kl-f8' }, unet: { prediction: 'epsilon' } },
    ],
    ['sd21.safetensors', { unet: { prediction: 'v', nativeSize: { height: 96, width: 96 } } }],
    ['sdxl.safetensors', { latent: { space: 'sdxl-kl-f8' }, unet: { vectorWidth: 16, sizeNumbers: 6 } }],
    ['inpaint.safetensors', { unet: { image: 'mask+masked', concatChannels: 5 } }],
  ])('%s is told by its tensors', async (file, expected) => {
    expect((await modelAt(file)).description).toMatchObject(expected);
  });

  it('reads prompts with CLIP’s own words, and gives an earlier layer by clip skip', async () => {
    const known = await modelAt('sd15.safetensors');
    const models = createModelSource({
      backend: await backend(),
      files: createNodeFiles('models'),
      packages: [known],
    });
    const { text } = (await models.open(known.description.id, { signal })).conditioner;
    if (text === undefined) throw new Error('no text encoder');
    // OpenAI's ids; the fixture's table is smaller, so that only their cutting is asked for here.
    const { tokens } = await text.tokenize('a photo of a cat');
    expect(tokens.map(({ id }) => id)).toEqual([320, 1125, 539, 320, 2368]);
    const weighted = await text.tokenize('a (red:1.5) cat', { weights: 'scale' });
    expect(weighted.tokens.map(({ text: word, weight }) => [word, weight])).toEqual([
      ['a', undefined],
      ['red', 1.5],
      ['cat', undefined],
    ]);
    await models.unload();
  });
});
