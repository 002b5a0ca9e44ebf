/** What inference knows of packages: port types by role. */
import { atMost, type Catalog, type PortType } from '@/engine/types';
import type { PackageManifest } from './manifest';
import type { InstalledPackage } from './packages';

/** The catalogue of these packages. */
export function createCatalog(packages: readonly InstalledPackage[]): Catalog {
  const known = new Map(
    packages.map(({ manifest, hash }) => [manifest.id, { hash, ports: portsOf(manifest) }]),
  );
  return {
    packages: packages.map(({ manifest }) => manifest.id),
    ports: (id) => known.get(id)?.ports,
    hash: (id) => known.get(id)?.hash,
  };
}

/** Port types of one package: `first-stage`, `conditioner` and, if it has one, `unet`. */
export function portsOf(manifest: PackageManifest): Readonly<Record<string, PortType>> {
  const { latent, firstStage, unet, conditioner } = manifest;
  const { space, channels, factor } = latent;
  const names: string[] = [
    ...(conditioner.text === undefined ? [] : ['text']),
    ...(conditioner.classes === undefined ? [] : ['class']),
    ...(conditioner.map === undefined ? [] : ['map']),
  ];
  const parts = atMost(...names);
  return {
    'first-stage': { kind: 'first-stage', fields: { space, type: firstStage.type, channels, factor } },
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
            fields: { space, channels, factor, for: conditioner.id, accepts: parts },
          },
        }),
  };
}
