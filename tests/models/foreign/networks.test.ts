/** Networks built from configs, over weights of random small models, against diffusers on the wasm backend. */
import { describe, expect, it } from 'vitest';
import { decibels, feedsOf, folderNetwork, golden, run } from './kit';

const unetFeeds = ['sample', 'timestep', 'encoder_hidden_states'] as const;

describe('one call of each network, from a diffusers folder', () => {
  it.each([
    ['sd15', 'sd15.unet', [...unetFeeds]],
    ['lcm', 'lcm.unet', [...unetFeeds, 'timestep_cond']],
    ['upscaler', 'upscaler.unet', [...unetFeeds, 'class_labels']],
    ['ldm', 'ldm.unet', ['sample', 'timestep']],
  ])('%s: the U-Net', async (folder, name, inputs) => {
    const network = await folderNetwork(`${folder}/unet`, 'unet');
    const { out_sample: result } = await run(network, feedsOf(name, ...inputs));
    if (result === undefined) throw new Error('no output');
    expect(decibels(result, golden(`${name}.out_sample`))).toBeGreaterThan(100);
  });

  it.each([
    ['sd15/vae', 'sd15.vae', 'latent_parameters', 'parameters'],
    ['ldm/vqvae', 'ldm.vq', 'latent_sample', 'encoded'],
    ['taesd/vae', 'taesd.vae', 'latent_sample', 'encoded'],
  ])('%s: encoder and decoder', async (folder, name, output, expected) => {
    const encoded = await run(await folderNetwork(folder, 'encoder'), { sample: `${name}.picture` });
    const decoded = await run(await folderNetwork(folder, 'decoder'), { latent_sample: `${name}.latent` });
    const [e, d] = [encoded[output], decoded['sample']];
    if (e === undefined || d === undefined) throw new Error('no output');
    expect(decibels(e, golden(`${name}.${expected}`))).toBeGreaterThan(100);
    expect(decibels(d, golden(`${name}.decoded`))).toBeGreaterThan(100);
  });

  it('text encoders: CLIP and LDMBert', async () => {
    const clip = await run(
      await folderNetwork('sd15/text_encoder', 'text'),
      feedsOf('sd15.text', 'input_ids'),
    );
    const bert = await run(
      await folderNetwork('bert/text_encoder', 'text'),
      feedsOf('bert.text', 'input_ids'),
    );
    const pairs = [
      [clip['last_hidden_state'], 'sd15.text.last_hidden_state'],
      [clip['hidden_states.2'], 'sd15.text.penultimate'],
      [clip['pooler_output'], 'sd15.text.pooler_output'],
      [bert['last_hidden_state'], 'bert.text.last_hidden_state'],
    ] as const;
    for (const [result, name] of pairs) {
      if (result === undefined) throw new Error(`no ${name}`);
      expect(decibels(result, golden(name)), name).toBeGreaterThan(100);
    }
  });
});
