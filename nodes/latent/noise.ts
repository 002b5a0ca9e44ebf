import { z } from 'zod';
import { defineNode, port } from '@/engine/types';
import {
  cells,
  fieldsOfUnet,
  nativeFields,
  repeatBatch,
  sidesOfUnet,
  unetOfOnlySize,
} from '../_shared/latent';
import { generatorParam, seedsParam } from '../_shared/noise-params';
import { seedParam, sideParam } from '../_shared/params';

export const latentNoise = defineNode({
  id: 'latent/noise',
  version: 2,
  title: 'Noise',
  category: 'latent',
  doc: 'Draws the start noise x_T ~ N(0, I) in the latent space of the U-Net. The counter-based generator Philox-4x32-10 gives the same noise for the same seed on every machine, and element k of a batch is the same whether drawn alone (set First) or with others. Same noise repeats one element over the batch, to compare conditions, and the samplers behind it draw one for all, too. For the pictures of other tools the noise can be what torch draws on a CPU (ComfyUI) or on CUDA (A1111), to the same seed. Width and height are in pixels; 0 takes the size the U-Net was trained at.',
  aliases: ['EmptyLatentImage', 'Empty Latent Image', 'RandomNoise', 'Noise', 'Seed'],
  inputs: {
    unet: port('unet', { ...unetOfOnlySize }, { doc: 'Gives the latent space and the native size.' }),
  },
  outputs: {
    noise: port('noise', { ...fieldsOfUnet }, { doc: 'Unit-variance noise, with its seed.' }),
  },
  params: z.object({
    seed: seedParam,
    batch: z.int().min(1).max(64).default(1).meta({ label: 'Batch', min: 1, max: 64, step: 1 }),
    width: sideParam('Width'),
    height: sideParam('Height'),
    same: z.boolean().default(false).meta({ widget: 'switch', label: 'Same noise', advanced: true }),
    generator: generatorParam,
    seeds: seedsParam,
    first: z.int().min(0).max(65_535).default(0).meta({ label: 'First', advanced: true, min: 0, step: 1 }),
  }),
  refine: (params) => ({
    noise: { kind: 'noise', fields: { batch: params.batch } },
    unet: nativeFields(params),
  }),
  equations: sidesOfUnet,
  run({ inputs, params, runtime }) {
    const { unet } = inputs.unet;
    const { space, nativeSize, multipleOf } = unet;
    const height =
      params.height === 0 ? nativeSize.height : cells(params.height, space.factor, multipleOf, 'height');
    const width =
      params.width === 0 ? nativeSize.width : cells(params.width, space.factor, multipleOf, 'width');
    const seed = BigInt(params.seed);
    const { generator, seeds, same, first: firstElement } = params;
    const draw = (batch: number) =>
      runtime.ops.noise([batch, space.channels, height, width], {
        seed,
        stream: 0,
        firstElement,
        generator,
        seeds,
      });
    const samples = same ? repeatBatch(runtime.ops, draw(1), params.batch, 'noise') : draw(params.batch);
    return Promise.resolve({
      noise: { kind: 'noise', space, samples, seed, firstElement, same, generator, seeds },
    });
  },
});
