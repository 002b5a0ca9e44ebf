/** The composition root of the browser: the only place that knows every part of the engine. */
import { createExecutor, type Backend, type Catalog, type Executor } from '@/engine';
import { createBackend } from '@/engine/tensor/ort';
import { createBrowserCache } from '@/models/cache';
import { createCatalog } from '@/models/catalog';
import { createFetchFiles } from '@/models/files';
import { readPackages, type InstalledPackage } from '@/models/packages';
import { createModelSource, type LoadedModels } from '@/models/source';
import { z } from 'zod';
import { LoomError } from '@/engine';
import { createTrajectoryStore, type TrajectoryStore } from '../_inspect/trajectory';
import { assets, codec } from './images';
import type { BackendChoice } from './protocol';

export interface Engine {
  readonly backend: Backend;
  readonly models: LoadedModels;
  readonly catalog: Catalog;
  readonly packages: readonly InstalledPackage[];
  readonly executor: Executor;
  readonly trajectories: TrajectoryStore;
}

const indexSchema = z.object({ packages: z.array(z.object({ id: z.string() })) });

/**
 * Puts the engine together for a page at `base`.
 * @throws LoomError when a backend was demanded that cannot be had, or packages cannot be read
 */
export async function boot(base: string, choice: BackendChoice): Promise<Engine> {
  const url = (path: string): string => new URL(path, base).href;
  const response = await fetch(url('models/index.json')).catch((cause: unknown) => {
    throw new LoomError('network', 'The list of model packages could not be fetched.', {}, { cause });
  });
  if (!response.ok)
    throw new LoomError('file-missing', 'models/index.json is missing.', { file: 'models/index.json' });
  const { packages: ids } = indexSchema.parse(await response.json());
  const files = createFetchFiles({ base: url('models/') });
  const [backend, packages] = await Promise.all([
    createBackend({ prefer: choice, wasmPaths: url('ort/') }),
    readPackages(
      files,
      ids.map(({ id }) => id),
    ),
  ]);
  const cache = createBrowserCache();
  const models = createModelSource({ backend, files, packages, ...(cache === undefined ? {} : { cache }) });
  const executor = createExecutor({ backend, models, images: codec, assets });
  return {
    backend,
    models,
    catalog: createCatalog(packages),
    packages,
    executor,
    trajectories: createTrajectoryStore({ budget: 0 }),
  };
}
