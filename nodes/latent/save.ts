import { z } from 'zod';
import { LoomError, defineNode, port } from '@/engine/types';
import { readFloats } from '../_shared/read';
import { latentFields } from '../_shared/latent';

export const latentSave = defineNode({
  id: 'latent/save',
  version: 1,
  title: 'Save latent',
  category: 'latent',
  doc: 'Writes a latent as a safetensors file with the name of its space in the metadata. The tensor is called latent_tensor, as in the .latent files of other tools; its values are normalised as on the wire.',
  aliases: ['SaveLatent', 'Save Latent'],
  inputs: { latent: port('latent', latentFields()) },
  outputs: {},
  params: z.object({
    name: z
      .string()
      .regex(/^[^/\\]{1,100}$/, 'A file name has no slashes.')
      .default('latent')
      .meta({ widget: 'text', label: 'File name' }),
  }),
  sink: true,
  cache: 'never',
  async run({ inputs, params, file }) {
    if (!file)
      throw new LoomError(
        'unsupported',
        'Nothing takes files here.',
        {},
        { fix: 'Run the graph in the editor or with --out.' },
      );
    const { space, samples, noisy } = inputs.latent;
    const { writeSafetensors } = await import('./_safetensors');
    const bytes = writeSafetensors(
      { name: 'latent_tensor', dims: samples.dims, values: await readFloats(samples) },
      { format: 'latent-loom', space: space.space, ...(noisy && { sigma: String(noisy.sigma) }) },
    );
    file({ name: `${params.name}.safetensors`, mime: 'application/octet-stream', bytes });
    return {};
  },
});
