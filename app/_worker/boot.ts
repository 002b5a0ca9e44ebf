/** The composition root of the browser: the only place that knows every part of the engine. */
import { createExecutor, type Backend, type Catalog, type Executor } from '@/engine';
import { createBackend } from '@/engine/tensor/ort';
import { createBrowserCache } from '@/models/cache';
import { createCatalog } from '@/models/catalog';
import { createFetchFiles } from '@/models/files';
import { findPackages } from '@/models/describe/find';
import { createFilesFolder, type DroppedFile } from '@/models/folder-browser';
import type { KnownLora } from '@/models/lora/open-lora';
import { readPackages, type KnownPackage } from '@/models/packages';
import { createModelSource, type LoadedModels } from '@/models/source';
import { z } from 'zod';
import { LoomError } from '@/engine';
import { createTrajectoryStore, type TrajectoryStore } from '../_snapshots/trajectory';
import { createPictureCodec } from '../_formats/picture/browser-codec';
import { assets } from './images';
import type { BackendChoice } from './entry-messages';

export interface Engine {
  /** Makes a backend, and the model source whose sessions live on it. */
  readonly onDevice: () => Promise<Pick<Engine, 'backend' | 'models'>>;
  readonly backend: Backend;
  readonly models: LoadedModels;
  readonly catalog: Catalog;
  readonly packages: readonly KnownPackage[];
  readonly loras: readonly KnownLora[];
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
  const cache = createBrowserCache();
  const reading = readPackages(
    files,
    ids.map(({ id }) => id),
  );
  const onDevice: Engine['onDevice'] = async () => {
    const [backend, packages] = await Promise.all([
      createBackend({ prefer: choice, wasmPaths: url('ort/') }),
      reading,
    ]);
    const models = createModelSource({ backend, files, packages, ...(cache === undefined ? {} : { cache }) });
    return { backend, models };
  };
  const [{ backend, models }, packages] = await Promise.all([onDevice(), reading]);
  const executor = createExecutor({ backend, models, images: createPictureCodec(base), assets });
  return {
    onDevice,
    backend,
    models,
    catalog: createCatalog(packages),
    packages,
    loras: [],
    executor,
    trajectories: createTrajectoryStore({ budget: 0 }),
  };
}

/** The engine on another device after its own was lost: sessions anew, results from their copies. */
export async function recover(lost: Engine): Promise<Engine> {
  const parts = await lost.onDevice();
  await lost.executor.recover(parts);
  // What a sampling went through was on the lost device alone.
  lost.trajectories.clear();
  await lost.backend.dispose();
  return { ...lost, ...parts };
}

/** The engine with the models of files that a person opened. Only headers are read; what cannot be used is left out, since the page said so. */
export async function withModels(
  engine: Engine,
  folders: readonly { readonly name: string; readonly files: readonly DroppedFile[] }[],
): Promise<Engine> {
  const { signal } = new AbortController();
  const found = await Promise.all(
    folders.map(({ name, files }) => findPackages(createFilesFolder(name, files), signal)),
  );
  const known = found.flat().flatMap((each) => ('known' in each ? [each.known] : []));
  const added = found.flat().flatMap((each) => ('lora' in each ? [each.lora] : []));
  engine.models.add(known, added);
  const ids = new Set(engine.packages.map(({ description }) => description.id));
  const packages = [...engine.packages, ...known.filter(({ description }) => !ids.has(description.id))];
  const loras = [...new Map([...engine.loras, ...added].map((lora) => [lora.id, lora])).values()];
  return {
    ...engine,
    packages,
    loras,
    catalog: createCatalog(packages, loras),
    onDevice: async () => {
      const parts = await engine.onDevice();
      parts.models.add(known, added);
      return parts;
    },
  };
}
