/** What inference knows of packages: port types by role. */
import {
  atMost,
  type BackendInfo,
  type Catalog,
  type NetworkMemory,
  type NetworkName,
  type PackageDescription,
  type PortType,
} from '@/engine/types';
import { nativeSize, networkNames, networksOf } from './description';
import type { KnownLora } from './lora/open-lora';
import type { KnownPackage } from './packages';

/** The catalogue of these packages. */
export function createCatalog(packages: readonly KnownPackage[], loras: readonly KnownLora[] = []): Catalog {
  const adapters = new Map(loras.map((lora) => [lora.id, lora]));
  const known = new Map(
    packages.map(({ description, hash }) => [
      description.id,
      { description, hash, ports: portsOf(description) },
    ]),
  );
  return {
    packages: packages.map(({ description }) => description.id),
    // A LoRA has no port of its own, but is there.
    ports: (id) => known.get(id)?.ports ?? (adapters.has(id) ? {} : undefined),
    loras: [...adapters.keys()],
    hash: (id) => known.get(id)?.hash ?? adapters.get(id)?.hash,
    memory(id, device) {
      const description = known.get(id)?.description;
      return description?.memory && memoryOf(description, description.memory, device);
    },
    recommended: (id) => known.get(id)?.description.unet?.recommended,
  };
}

/** What was measured in single precision on wasm; half precision takes half of it, and only wasm packs and has gaps. */
function memoryOf(
  description: PackageDescription,
  measured: NonNullable<PackageDescription['memory']>,
  { kind, precision }: Pick<BackendInfo, 'kind' | 'precision'>,
): Partial<Record<NetworkName, NetworkMemory>> {
  const share = precision === 'fp16' ? 0.5 : 1;
  const networks = networksOf(description);
  const native = nativeSize(description);
  const memory: Partial<Record<NetworkName, NetworkMemory>> = {};
  for (const name of networkNames) {
    const facts = measured[name];
    if (!facts) continue;
    const network = networks[name];
    const stored = network?.kind === 'stored' ? (description.files[network.weights]?.size ?? 0) : 0;
    const weights = facts.weights * share;
    memory[name] = {
      weights,
      // Stored and expanded weights, and what checking and unpacking them takes: as much as is stored (measured).
      loading: weights + 2 * stored,
      session: kind === 'wasm' ? facts.session * share : 0,
      fixed: facts.fixed * share,
      perCell: facts.perCell * share,
      ...(facts.attention && {
        attention: {
          perCell: facts.attention.perCell * share,
          perPair: facts.attention.perPair * share,
        },
      }),
      spread: kind === 'wasm' ? facts.spread : 1,
      cells: native.height * native.width,
    };
  }
  return memory;
}

/** Port types of one package: `first-stage`, `conditioner` and, if it has one, `unet`. */
export function portsOf(description: PackageDescription): Readonly<Record<string, PortType>> {
  const { latent, firstStage, unet, conditioner } = description;
  const { space, channels, factor } = latent;
  const only = latent.only && { onlyHeight: latent.only.height, onlyWidth: latent.only.width };
  const names: string[] = [
    ...(conditioner.text === undefined ? [] : ['text']),
    ...(conditioner.classes === undefined ? [] : ['class']),
    ...(conditioner.map === undefined ? [] : ['map']),
  ];
  const parts = atMost(...names);
  const accepts = unet?.image === undefined ? parts : atMost(...names, 'image');
  return {
    'first-stage': {
      kind: 'first-stage',
      fields: { space, type: firstStage.type, channels, factor, ...only },
    },
    conditioner: {
      kind: 'conditioner',
      fields: {
        for: conditioner.id,
        parts,
        ...(conditioner.map === undefined ? {} : { labels: conditioner.map.labels.id }),
      },
    },
    ...(unet === undefined
      ? {}
      : {
          unet: {
            kind: 'unet' as const,
            fields: {
              space,
              channels,
              factor,
              ...unet.nativeSize,
              multiple: unet.multipleOf,
              ...only,
              for: conditioner.id,
              accepts,
              ...(unet.guidance && { guidance: unet.guidance }),
              ...(unet.image && { image: unet.image }),
            },
          },
        }),
  };
}
