/** What inference knows of packages: port types by role. */
import {
  atMost,
  type BackendInfo,
  type Catalog,
  type NetworkMemory,
  type NetworkName,
  type PortType,
} from '@/engine/types';
import { memoryNames, nativeSize, networksOf, type PackageManifest } from './manifest';
import type { InstalledPackage } from './packages';

/** The catalogue of these packages. */
export function createCatalog(packages: readonly InstalledPackage[]): Catalog {
  const known = new Map(
    packages.map(({ manifest, hash }) => [manifest.id, { manifest, hash, ports: portsOf(manifest) }]),
  );
  return {
    packages: packages.map(({ manifest }) => manifest.id),
    ports: (id) => known.get(id)?.ports,
    hash: (id) => known.get(id)?.hash,
    memory(id, device) {
      const manifest = known.get(id)?.manifest;
      return manifest?.memory && memoryOf(manifest, manifest.memory, device);
    },
  };
}

/** What was measured in single precision on wasm; half precision takes half of it, and only wasm packs and has gaps. */
function memoryOf(
  manifest: PackageManifest,
  measured: NonNullable<PackageManifest['memory']>,
  { kind, precision }: Pick<BackendInfo, 'kind' | 'precision'>,
): Partial<Record<NetworkName, NetworkMemory>> {
  const share = precision === 'fp16' ? 0.5 : 1;
  const networks = networksOf(manifest);
  const native = nativeSize(manifest);
  const memory: Partial<Record<NetworkName, NetworkMemory>> = {};
  for (const name of memoryNames) {
    const facts = measured[name];
    if (!facts) continue;
    const weights = facts.weights * share;
    memory[name] = {
      weights,
      // Stored and expanded weights, and what checking and unpacking them takes: as much as is stored (measured).
      loading: weights + 2 * (manifest.files[networks[name]?.weights ?? '']?.size ?? 0),
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
export function portsOf(manifest: PackageManifest): Readonly<Record<string, PortType>> {
  const { latent, firstStage, unet, conditioner } = manifest;
  const { space, channels, factor } = latent;
  const only = latent.only && { onlyHeight: latent.only.height, onlyWidth: latent.only.width };
  const names: string[] = [
    ...(conditioner.text === undefined ? [] : ['text']),
    ...(conditioner.classes === undefined ? [] : ['class']),
    ...(conditioner.map === undefined ? [] : ['map']),
  ];
  const parts = atMost(...names);
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
              accepts: parts,
            },
          },
        }),
  };
}
