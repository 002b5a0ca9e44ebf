/** Our own packages: `manifest.json` as a description. */
import type { NetworkFiles, PackageDescription } from '@/engine/types';
import type { NetworkManifest, PackageManifest } from '../manifest';

const network = (stored: NetworkManifest): NetworkFiles => ({ kind: 'stored', ...stored });

/** The description of a parsed manifest. */
export function describeManifest(manifest: PackageManifest): PackageDescription {
  const { id, title, description, licence, latent, firstStage, unet, conditioner, memory, files } = manifest;
  const { text } = conditioner;
  const { encoder, decoder, ...stage } = firstStage;
  return {
    id,
    layout: 'loom',
    title,
    description,
    licence,
    latent,
    firstStage: {
      type: stage.type,
      scale: stage.scale,
      shift: stage.shift,
      ...(encoder && { encoder: network(encoder) }),
      decoder: network(decoder),
      ...(stage.type === 'vq' && {
        codebook: { entries: stage.entries, from: { kind: 'file' as const, file: stage.codebook } },
      }),
    },
    ...(unet && { unet: { ...unet, network: network(unet.network) } }),
    conditioner: {
      id: conditioner.id,
      ...(text && {
        text: {
          width: text.width,
          length: text.length,
          chunks: true,
          encoders: [
            {
              network: network(text.network),
              length: text.length,
              width: text.width,
              tokenizer: {
                kind: 'plain' as const,
                file: text.tokenizer,
                pad: text.pad,
                ...(text.unknown !== undefined && { unknown: text.unknown }),
              },
            },
          ],
        },
      }),
      ...(conditioner.classes && { classes: conditioner.classes }),
      ...(conditioner.map && { map: conditioner.map }),
    },
    ...(memory && { memory }),
    files,
    facts: [],
    notices: [],
  };
}
