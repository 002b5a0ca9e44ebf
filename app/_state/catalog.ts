/** The installed packages as the page knows them: port types for inference, names and labels for forms. Only manifests are read. */
import { createStore } from 'zustand/vanilla';
import { z } from 'zod';
import { LoomError, toLoomError, type Catalog, type Inference, type LabelSet } from '@/engine';
import { createCatalog } from '@/models/catalog';
import { createFetchFiles } from '@/models/files';
import type { PackageManifest } from '@/models/manifest';
import { readPackages } from '@/models/packages';
import { spacesOf } from './spaces';

/** What forms need of a package. */
export interface PackageFacts {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  readonly bytes: number;
  /** Identity of its conditioner. */
  readonly conditioner: string;
  readonly classes: readonly string[];
  readonly labels: LabelSet | undefined;
  /** Identity of its latent space. */
  readonly space: string;
  /** β schedule of its U-Net. */
  readonly schedule: NonNullable<PackageManifest['unet']>['schedule'] | undefined;
}

export interface CatalogState {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error: LoomError | undefined;
  readonly catalog: Catalog;
  readonly packages: readonly PackageFacts[];
  /** Latent spaces in a stable order: a space's place chooses its pattern. */
  readonly spaces: readonly string[];
}

const nothing: Catalog = { ports: () => undefined, packages: [], hash: () => undefined };
export const catalogStore = createStore<CatalogState>(() => ({
  status: 'loading',
  error: undefined,
  catalog: nothing,
  packages: [],
  spaces: [],
}));

const indexSchema = z.object({ packages: z.array(z.object({ id: z.string() })) });

/** Reads `/models/index.json` and each package's manifest. Never rejects: see `status`. */
export async function loadCatalog(): Promise<void> {
  try {
    const response = await fetch('/models/index.json');
    if (!response.ok)
      throw new LoomError('file-missing', 'models/index.json is missing.', { file: 'models/index.json' });
    const { packages: ids } = indexSchema.parse(await response.json());
    const files = createFetchFiles({ base: '/models/' });
    const installed = await readPackages(
      files,
      ids.map(({ id }) => id),
    );
    const catalog = createCatalog(installed);
    const packages = installed.map(({ manifest }) => ({
      id: manifest.id,
      title: manifest.title,
      description: manifest.description,
      licence: manifest.licence,
      bytes: Object.values(manifest.files).reduce((sum, file) => sum + file.size, 0),
      conditioner: manifest.conditioner.id,
      classes: manifest.conditioner.classes?.names ?? [],
      labels: manifest.conditioner.map?.labels,
      space: manifest.latent.space,
      schedule: manifest.unet?.schedule,
    }));
    catalogStore.setState({
      status: 'ready',
      error: undefined,
      catalog,
      packages,
      spaces: spacesOf(catalog),
    });
  } catch (thrown) {
    catalogStore.setState({ status: 'failed', error: toLoomError(thrown, 'network') });
  }
}

/** The package whose conditioner is connected into a node. */
export function packageFeeding(inference: Inference, node: string): string | undefined {
  const info = inference.nodes.get(node);
  if (info === undefined) return undefined;
  const { packages } = catalogStore.getState();
  for (const source of Object.values(info.sources)) {
    const type = inference.portType(source.node, 'out', source.port);
    if (type?.kind !== 'conditioner') continue;
    const found = packages.find((facts) => facts.conditioner === type.fields['for']);
    if (found !== undefined) return found.id;
  }
  return undefined;
}
