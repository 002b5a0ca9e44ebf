import { z } from 'zod';
import { LoomError, defineNode, port } from '@/engine/types';
import { loading } from '../_shared/loading';

export const packageParam = z
  .string()
  .min(1)
  .default('loom-kl-f8')
  .meta({ widget: 'package', label: 'Package' });

export const modelPackage = defineNode({
  id: 'model/package',
  version: 1,
  title: 'Model package',
  category: 'model',
  queue: 'free',
  doc: 'Opens a model package: the U-Net that was trained to denoise, the first stage (autoencoder) whose latent space it works in, and the conditioner that turns text, classes and maps into what the U-Net understands. Only the manifest is read here; weights are fetched, verified and expanded by the first node that needs them.',
  aliases: ['CheckpointLoaderSimple', 'Load Checkpoint', 'Main Model', 'UNETLoader'],
  inputs: {},
  outputs: {
    unet: port('unet', {}, { doc: 'The network ε_θ (or v_θ): wire it to U-Net and to Noise.' }),
    firstStage: port('first-stage', {}, { doc: 'Encoder and decoder of the latent space.' }),
    conditioner: port('conditioner', {}, { doc: 'Text encoder, class embedding and map encoder.' }),
  },
  params: z.object({ package: packageParam }),
  packages: (params) => [params.package],
  refine(params, catalog) {
    const types = catalog.ports(params.package);
    return {
      ...(types?.['unet'] && { unet: types['unet'] }),
      ...(types?.['first-stage'] && { firstStage: types['first-stage'] }),
      ...(types?.['conditioner'] && { conditioner: types['conditioner'] }),
    };
  },
  async run({ params, runtime, signal, progress }) {
    const opened = await runtime.models.open(params.package, loading({ signal, progress }));
    if (!opened.unet) {
      throw new LoomError(
        'unsupported',
        `The package "${opened.id}" has a first stage but no U-Net.`,
        { package: opened.id, path: 'package' },
        { fix: 'Choose a package with a U-Net, or open this one with the First stage node.' },
      );
    }
    return {
      unet: { kind: 'unet', unet: opened.unet },
      firstStage: { kind: 'first-stage', firstStage: opened.firstStage },
      conditioner: { kind: 'conditioner', conditioner: opened.conditioner },
    };
  },
});
