/** Configs and weights that do not go together, and folders of before 2023. */
import { describe, expect, it } from 'vitest';
import type { WeightEntry } from '@/engine/types';
import { networkOf } from '@/models/networks/network-of';
import { decibels, folderNetwork, golden, jsonOf, run, storeOf } from './kit';

const config = jsonOf('sd15/unet/config.json');
const { entries } = await storeOf('sd15/unet/diffusion_pytorch_model.safetensors');
const given = (change: (map: Map<string, WeightEntry>) => void): ReadonlyMap<string, WeightEntry> => {
  const changed = new Map(entries);
  change(changed);
  return changed;
};
const open = (weights: ReadonlyMap<string, WeightEntry>, changes: object = {}) =>
  networkOf('unet', { ...(config as object), ...changes }, weights);

describe('networkOf', () => {
  it('names what is missing', () => {
    const weights = given((map) => {
      for (const name of ['conv_in.bias', 'conv_out.bias', 'conv_in.weight', 'conv_out.weight'])
        map.delete(name);
    });
    expect(() => open(weights)).toThrow(/lack conv_in\.weight, conv_in\.bias, conv_out\.weight and 1 more/u);
  });
  it('names a weight of another shape', () => {
    expect(() => open(entries, { cross_attention_dim: 24 })).toThrow(
      /attn2\.to_k\.weight is \[8, 16\], not \[8, 24\]/u,
    );
  });
  it.each([
    ['a field of the wrong kind', { block_out_channels: 'wide' }, 'package-invalid', /block_out_channels/u],
    ['heads that do not divide', { attention_head_dim: 3 }, 'package-invalid', /3 heads/u],
    ['groups that do not divide', { norm_num_groups: 3 }, 'package-invalid', /3 groups/u],
    ['a list of another length', { layers_per_block: [2, 2] }, 'package-invalid', /layers_per_block/u],
    [
      'blocks of another kind',
      { down_block_types: ['KDownBlock2D'] },
      'package-invalid',
      /down_block_types/u,
    ],
    ['time embeddings of another kind', { time_embedding_type: 'fourier' }, 'package-invalid', /fourier/u],
    ['another class', { _class_name: 'FluxTransformer2DModel' }, 'unsupported', /FluxTransformer2DModel/u],
    ['a class called like a method', { _class_name: 'constructor' }, 'unsupported', /constructor/u],
  ])('%s', (_, changes, code, words) => {
    expect(() => open(entries, changes)).toThrow(words);
    expect(() => open(entries, changes)).toThrow(expect.objectContaining({ code }));
  });
});

describe('older folders', () => {
  it('an autoencoder that says query, key, value, proj_attn draws the same', async () => {
    const { weights } = await folderNetwork('sd15/vae', 'decoder');
    const old = new Map(
      [...weights.entries].map(([name, entry]) => {
        const older = name
          .replace(/\.to_q\./u, '.query.')
          .replace(/\.to_k\./u, '.key.')
          .replace(/\.to_v\./u, '.value.')
          .replace(/\.to_out\.0\./u, '.proj_attn.');
        return [older, { ...entry, name: older }] as const;
      }),
    );
    const description = networkOf('decoder', jsonOf('sd15/vae/config.json'), old);
    const out = await run(
      { description, weights: { ...weights, entries: old } },
      { latent_sample: 'sd15.vae.latent' },
    );
    if (out['sample'] === undefined) throw new Error('no output');
    expect(decibels(out['sample'], golden('sd15.vae.decoded'))).toBeGreaterThan(100);
  });

  it('a config of 2022: only what differs from the defaults of then', () => {
    const little = {
      _class_name: 'UNet2DConditionModel',
      attention_head_dim: 8,
      block_out_channels: [8, 8, 16, 16],
      cross_attention_dim: 16,
      norm_num_groups: 4,
      down_block_types: [
        'CrossAttnDownBlock2D',
        'CrossAttnDownBlock2D',
        'CrossAttnDownBlock2D',
        'DownBlock2D',
      ],
      up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
    };
    expect(networkOf('unet', little, entries)).toEqual(open(entries));
  });
});
