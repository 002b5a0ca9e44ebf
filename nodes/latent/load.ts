import { z } from 'zod';
import { LoomError, defineNode, port, v } from '@/engine/types';
import { spaceFields } from '../_shared/latent';
import { fileParam } from '../_shared/params';

export const latentLoad = defineNode({
  id: 'latent/load',
  version: 1,
  title: 'Load latent',
  category: 'latent',
  doc: 'Reads a latent from a safetensors file. The file must come from the space of the first stage wired in: a file that names another space is refused, one that names none is taken if its channels fit.',
  aliases: ['LoadLatent', 'Load Latent'],
  inputs: {
    firstStage: port(
      'first-stage',
      { ...spaceFields },
      { doc: 'Says which latent space the file belongs to.' },
    ),
  },
  outputs: { latent: port('latent', { ...spaceFields, batch: v('B'), height: v('h'), width: v('w') }) },
  params: z.object({ source: fileParam.meta({ widget: 'latent-file', label: 'File' }) }),
  async run({ inputs, params, runtime }) {
    const { space } = inputs.firstStage.firstStage;
    if (params.source === null) {
      throw new LoomError(
        'invalid-param',
        'No file is chosen yet.',
        { path: 'source' },
        { fix: 'Drop or pick a .safetensors file.' },
      );
    }
    const { readSafetensors } = await import('./_safetensors');
    const { tensors, metadata } = readSafetensors(await runtime.assets.read(params.source));
    const tensor = tensors.find(({ name }) => name === 'latent_tensor') ?? tensors[0];
    if (!tensor || tensor.dims.length !== 4) {
      throw new LoomError('bad-input', 'The file holds no latent of four axes.', { path: 'source' });
    }
    const made = metadata['space'];
    if (made !== undefined && made !== space.space) {
      throw new LoomError(
        'bad-input',
        `The file is of latent space "${made}", but the first stage is of "${space.space}".`,
        { path: 'source' },
      );
    }
    if (tensor.dims[1] !== space.channels) {
      throw new LoomError(
        'bad-input',
        `The file has ${tensor.dims[1]} channels, the space "${space.space}" has ${space.channels}.`,
        { path: 'source' },
      );
    }
    const sigma = Number(metadata['sigma'] ?? 0);
    const noisy =
      sigma > 0 && Number.isFinite(sigma) ? { sigma, sampler: '', before: [], history: [] } : undefined;
    const samples = runtime.ops.from(tensor.values, tensor.dims);
    return { latent: { kind: 'latent', space, samples, ...(noisy && { noisy }) } };
  },
});
