/**
 * Packages made by the real exporter (optimum-onnx), stage by stage against diffusers: tokens, context, one call of
 * the U-Net, encode, decode. `tests/fixtures/onnx/README.md` says how they were made.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '@/engine/tensor/ort-node';
import type { Backend, ModelPackage } from '@/engine/types';
import { createModelSource, type LoadedModels } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import type { KnownPackage } from '@/models/packages';
import { goldenOf, modelIn, readNpy, relative } from './golden';

const root = process.env['LOOM_ONNX_FIXTURES'] ?? new URL('../../fixtures/onnx/', import.meta.url).pathname;
const signal = new AbortController().signal;
let backend: Backend;
beforeAll(async () => {
  backend = await createBackend({ threads: 2 });
});
afterAll(() => backend.dispose());

/** Errors that graphs themselves have in onnxruntime: 6e-6 in single precision, 2.1e-3 in half. */
const packages = [
  ['sd15-fp32', 1e-4],
  ['sd15-fp16', 4e-3],
  ['sd21-v', 1e-4],
  ['sd-turbo', 1e-4],
  ['lcm', 1e-4],
  ['sdxl', 1e-4],
  ['inpaint', 1e-4],
  ['ldm-uncond', 1e-4],
  ['taesd', 1e-4],
] as const;

for (const [name, limit] of packages) {
  const folder = join(root, name);
  describe.skipIf(!existsSync(folder))(`package ${name}`, () => {
    const textless = name === 'ldm-uncond';
    const { golden, array, has } = existsSync(folder) ? goldenOf(folder) : goldenOf(join(root, 'lcm'));
    let models: LoadedModels;
    let known: KnownPackage;
    let opened: ModelPackage;
    beforeAll(async () => {
      known = await modelIn(folder);
      models = createModelSource({ backend, files: createNodeFiles('models'), packages: [known] });
      opened = await models.open(known.description.id, { signal });
    });
    afterAll(() => models.unload());

    it.skipIf(textless)('cuts prompts into the tokens of CLIPTokenizerFast', async () => {
      const { text } = opened.conditioner;
      if (text === undefined) throw new Error('no text encoder');
      const { phrases = [] } = golden;
      const { data, dims } = array('input_ids_fast');
      const [, length = 0] = dims;
      for (const [i, phrase] of phrases.entries()) {
        const { tokens } = await text.tokenize(phrase);
        const row = Array.from(data.slice(i * length, (i + 1) * length));
        // Without BOS, EOS and padding: the view's own.
        expect(tokens.map(({ id }) => id)).toEqual(row.slice(1, 1 + tokens.length));
      }
    });

    it.skipIf(textless)('encodes prompts', async () => {
      const { text } = opened.conditioner;
      if (text === undefined) throw new Error('no text encoder');
      const scope = backend.scope();
      const prompts = (golden.phrases ?? []).slice(0, 4);
      const { context, vector } = await text.encode(prompts, { ops: scope.ops, signal });
      const want = array(has('prompt_embeds') ? 'prompt_embeds' : 'last_hidden_state');
      expect(await relative(context, want)).toBeLessThan(limit);
      const pooled = has('pooled_prompt_embeds') ? array('pooled_prompt_embeds') : undefined;
      const error = pooled && vector ? await relative(vector, pooled) : pooled === vector ? 0 : Infinity;
      expect(error).toBeLessThan(limit);
      scope.release();
    });

    it('calls the U-Net', async () => {
      const { unet } = opened;
      if (unet === undefined) throw new Error('no U-Net');
      const scope = backend.scope();
      const { ops } = scope;
      const given = (stage: string) => {
        const { data, dims } = array(stage);
        return ops.from(data, dims);
      };
      const sample = given('unet_sample');
      const context = has('unet_encoder_hidden_states')
        ? given('unet_encoder_hidden_states')
        : ops.full([2, 1, 1], 0);
      const batch = sample.dims[0] ?? 1;
      const times = Array.from({ length: batch }, () => golden.unet_timestep);
      const out = await unet.call(sample, times, context, {
        ops,
        signal,
        ...(has('unet_text_embeds') && { vector: given('unet_text_embeds') }),
        ...(has('unet_time_ids') && { sizes: given('unet_time_ids') }),
        ...(has('unet_timestep_cond') && { guidance: 8 }),
      });
      expect(await relative(out, array('unet_out'))).toBeLessThan(limit);
      scope.release();
    });

    it.skipIf(!has('decoded'))('encodes and decodes', async () => {
      const { firstStage } = opened;
      const scope = backend.scope();
      const { ops } = scope;
      const image = array('image');
      const { mean } = await firstStage.encode(ops.from(image.data, image.dims), { ops, signal });
      const latent = array('latent');
      const z = has('latent_unquantised') ? array('latent_unquantised') : latent;
      expect(await relative(mean, z)).toBeLessThan(limit);
      const decoded = array('decoded');
      const picture = await firstStage.decode(ops.from(latent.data, latent.dims), { ops, signal });
      const clamped = { ...decoded, data: decoded.data.map((value) => Math.min(1, Math.max(-1, value))) };
      expect(await relative(picture, clamped)).toBeLessThan(limit);
      scope.release();
    });
  });
}

describe('an autoencoder alone', () => {
  const folder = new URL('../../fixtures/onnx/taesd-vae', import.meta.url).pathname;

  it('is a package with a first stage, in the space of Stable Diffusion, and nothing else', async () => {
    const known = await modelIn(folder);
    const { description } = known;
    expect(description.unet).toBeUndefined();
    expect(description.conditioner).toEqual({ id: 'none' });
    expect(description.latent).toMatchObject({ space: 'sd-kl-f8', channels: 4, factor: 8 });
    const models = createModelSource({ backend, files: createNodeFiles('models'), packages: [known] });
    const { firstStage } = await models.open(description.id, { signal });
    const scope = backend.scope();
    const { ops } = scope;
    const npy = (name: string) =>
      readNpy(new Uint8Array(readFileSync(join(folder, 'golden', `${name}.npy`))));
    const [image, latent, decoded] = [npy('image'), npy('latent_unquantised'), npy('decoded')];
    const { mean } = await firstStage.encode(ops.from(image.data, image.dims), { ops, signal });
    expect(await relative(mean, latent)).toBeLessThan(1e-4);
    const picture = await firstStage.decode(ops.from(npy('latent').data, latent.dims), { ops, signal });
    const clamped = decoded.data.map((value) => Math.min(1, Math.max(-1, value)));
    expect(await relative(picture, { ...decoded, data: clamped })).toBeLessThan(1e-4);
    scope.release();
    await models.unload();
  });
});
