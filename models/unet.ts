/** A package's denoising network. */
import { LoomError, type Conditioner, type LatentSpaceInfo, type UNet } from '@/engine/types';
import type { PackageManifest } from './manifest';
import { Network, type Loading } from './network';
import { alphasCumprod } from './schedule';

/** The U-Net and how to unload it. */
export function openUNet(
  loading: Loading,
  facts: NonNullable<PackageManifest['unet']>,
  space: LatentSpaceInfo,
  conditioner: Conditioner,
): { unet: UNet; networks: readonly Network[] } {
  const network = new Network(loading, `${loading.manifest.id} U-Net`, facts.network);
  const unet: UNet = {
    space,
    conditioner,
    diffusion: { prediction: facts.prediction, alphasCumprod: alphasCumprod(facts.schedule) },
    nativeSize: facts.nativeSize,
    multipleOf: facts.multipleOf,
    concatChannels: facts.concatChannels,
    contextWidth: facts.contextWidth,
    async load(options) {
      await network.session(options);
    },
    async call(sample, timesteps, context, options) {
      const session = await network.session(options);
      const steps = options.ops.from(Float32Array.from(timesteps), [timesteps.length]);
      try {
        const feeds = { sample, timestep: steps, encoder_hidden_states: context };
        // A network without cross-attention has no such input.
        const wanted = Object.fromEntries(
          Object.entries(feeds).filter(([name]) => session.inputs.some((port) => port.name === name)),
        );
        const { out_sample: predicted } = await network.run(wanted, options);
        if (predicted === undefined)
          throw new LoomError('package-invalid', `${network.name} has no output "out_sample".`);
        return predicted;
      } finally {
        steps.release();
      }
    },
  };
  return { unet, networks: [network] };
}
