/** Single-file checkpoints against diffusers: layouts told apart, names followed, in three number formats. */
import { describe, expect, it } from 'vitest';
import { readCheckpoint, type CheckpointPart } from '@/models/checkpoint/checkpoint';
import { networkOf, type NetworkPart } from '@/models/networks/network-of';
import { storeOf as storeOver } from '@/models/weights/file-weights';
import { readSafetensorsHeader } from '@/models/weights/safetensors-header';
import { as } from './formats';
import { bytesOf, decibels, feedsOf, golden, run } from './kit';

const unetFeeds = ['sample', 'timestep', 'encoder_hidden_states'] as const;

async function open(file: string, data: Uint8Array | Blob = bytesOf(file)) {
  const checkpoint = readCheckpoint(await readSafetensorsHeader(data, file), file);
  const network = (part: NetworkPart, { config, entries }: CheckpointPart) => ({
    description: networkOf(part, config, entries),
    weights: storeOver(entries, [{ path: file, data }]),
  });
  return { checkpoint, network };
}
function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}

describe('a checkpoint is told by its tensors', () => {
  it.each([
    ['sd15', 'sd1', 'base', 'StableDiffusionPipeline', 'epsilon'],
    ['sd21', 'sd2', 'base', 'StableDiffusionPipeline', 'v_prediction'],
    ['sdxl', 'sdxl', 'base', 'StableDiffusionXLPipeline', 'epsilon'],
    ['inpaint', 'sd1', 'inpaint', 'StableDiffusionInpaintPipeline', 'epsilon'],
  ])('%s', async (file, family, variant, pipeline, prediction) => {
    const { checkpoint } = await open(`${file}.safetensors`);
    expect(checkpoint).toMatchObject({
      family,
      variant,
      pipeline,
      scheduler: { prediction_type: prediction },
    });
    expect(checkpoint.facts.map(({ name }) => name)).toContain('prediction');
  });
});

describe('one call of each network of a checkpoint', () => {
  it.each(['F16', 'F32', 'BF16'] as const)('sd15 in %s: U-Net, text, encoder, decoder', async (format) => {
    const { checkpoint, network } = await open('sd15.safetensors', as(format, bytesOf('sd15.safetensors')));
    const [text] = checkpoint.text;
    const vae = present(checkpoint.vae);
    const unet = await run(network('unet', present(checkpoint.unet)), feedsOf('sd15.unet', ...unetFeeds));
    const words = await run(network('text', present(text)), feedsOf('sd15.text', 'input_ids'));
    const encoded = await run(network('encoder', vae), { sample: 'sd15.vae.picture' });
    const decoded = await run(network('decoder', vae), { latent_sample: 'sd15.vae.latent' });
    const pairs = [
      [unet['out_sample'], 'sd15.unet.out_sample'],
      [words['last_hidden_state'], 'sd15.text.last_hidden_state'],
      [encoded['latent_parameters'], 'sd15.vae.parameters'],
      [decoded['sample'], 'sd15.vae.decoded'],
    ] as const;
    for (const [result, name] of pairs)
      expect(decibels(present(result), golden(name)), name).toBeGreaterThan(100);
  });

  it('sd21: OpenCLIP without its last layer, linear projections', async () => {
    const { checkpoint, network } = await open('sd21.safetensors');
    const unet = await run(network('unet', present(checkpoint.unet)), feedsOf('sd21.unet', ...unetFeeds));
    const words = await run(network('text', present(checkpoint.text[0])), feedsOf('sd21.text', 'input_ids'));
    expect(decibels(present(unet['out_sample']), golden('sd21.unet.out_sample'))).toBeGreaterThan(100);
    expect(
      decibels(present(words['last_hidden_state']), golden('sd21.text.last_hidden_state')),
    ).toBeGreaterThan(100);
  });

  it('sdxl: two encoders, the pooled vector, sizes and crops', async () => {
    const { checkpoint, network } = await open('sdxl.safetensors');
    const inputs = feedsOf('sdxl.unet', ...unetFeeds, 'text_embeds', 'time_ids');
    const unet = await run(network('unet', present(checkpoint.unet)), inputs);
    const first = await run(network('text', present(checkpoint.text[0])), feedsOf('sdxl.text', 'input_ids'));
    const second = await run(
      network('text', present(checkpoint.text[1])),
      feedsOf('sdxl.text2', 'input_ids'),
    );
    const pairs = [
      [unet['out_sample'], 'sdxl.unet.out_sample'],
      [first['hidden_states.1'], 'sdxl.text.penultimate'],
      [second['hidden_states.2'], 'sdxl.text2.penultimate'],
      [second['text_embeds'], 'sdxl.text2.text_embeds'],
    ] as const;
    for (const [result, name] of pairs)
      expect(decibels(present(result), golden(name)), name).toBeGreaterThan(100);
  });

  it('inpainting: nine channels', async () => {
    const { checkpoint, network } = await open('inpaint.safetensors');
    const unet = await run(network('unet', present(checkpoint.unet)), feedsOf('inpaint.unet', ...unetFeeds));
    expect(decibels(present(unet['out_sample']), golden('inpaint.unet.out_sample'))).toBeGreaterThan(100);
  });
});
