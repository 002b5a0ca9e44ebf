import { z } from 'zod';
import { defineNode, port } from '@/engine/types';
import { loading } from '../_shared/loading';
import { packageParam } from './package';

export const modelFirstStage = defineNode({
  id: 'model/first-stage',
  version: 1,
  title: 'First stage',
  category: 'model',
  queue: 'free',
  doc: 'Opens only the first stage of a package: the KL- or VQ-regularised autoencoder of the paper (§3.1), without its U-Net. Use it to compare autoencoders, or with a package that has no U-Net. Weights are loaded by the first encode or decode.',
  aliases: ['VAELoader', 'Load VAE'],
  inputs: {},
  outputs: { firstStage: port('first-stage', {}, { doc: 'Encoder and decoder of the latent space.' }) },
  params: z.object({ package: packageParam }),
  packages: (params) => [params.package],
  refine(params, catalog) {
    const type = catalog.ports(params.package)?.['first-stage'];
    return type ? { firstStage: type } : {};
  },
  async run({ params, runtime, signal, progress }) {
    const opened = await runtime.models.open(params.package, loading({ signal, progress }));
    return { firstStage: { kind: 'first-stage', firstStage: opened.firstStage } };
  },
});
