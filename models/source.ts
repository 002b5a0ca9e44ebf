/** Opening packages: manifests over sessions. */
import {
  LoomError,
  type LoadOptions,
  type Backend,
  type LatentSpaceInfo,
  type ModelPackage,
  type ModelSource,
  type NetworkName,
} from '@/engine/types';
import type { FileCache } from './cache';
import { openConditioner } from './conditioner';
import type { FileSource } from './files';
import { openFirstStage } from './first-stage';
import { readCodebook } from './codebook-file';
import { networksOf } from './description';
import { noLoras } from './lora/adapt';
import { OpenedLora, type KnownLora } from './lora/open-lora';
import type { Loading } from './loading';
import type { Network } from './network';
import { folderFiles, verifiedFiles } from './package-files';
import { packageMissing, type KnownPackage } from './packages';
import { Shared } from './shared';
import { openUNet } from './unet';

export interface ModelSourceOptions {
  readonly backend: Backend;
  readonly files: FileSource;
  readonly packages: readonly KnownPackage[];
  readonly loras?: readonly KnownLora[];
  /** Keeps verified files: the browser's {@link createBrowserCache}; nothing where files are local. */
  readonly cache?: FileCache;
}

/** A {@link ModelSource} that can let go of everything it loaded. */
export interface LoadedModels extends ModelSource {
  /** Unloads one package's sessions, or all; the next call loads again. */
  unload(id?: string): Promise<void>;
  /** Packages that a person opened later. One of an id that is there already stays as it is. */
  add(packages: readonly KnownPackage[], loras?: readonly KnownLora[]): void;
}

interface Opened {
  readonly opened: ModelPackage;
  readonly networks: readonly Network[];
  /** Those with LoRAs, as they are asked for. */
  readonly adapted: ReadonlySet<{ dispose(): Promise<void> }>;
}

/**
 * Packages by id; each is opened once, its weights are loaded once, by the first call that needs them.
 *
 * @example Every network of one package, from a folder, on Node.
 * ```ts
 * const files = createNodeFiles('models'); // in the browser: createFetchFiles({ base: '/models/' })
 * const packages = await readPackages(files, ['loom-kl-f8']);
 * const models = createModelSource({ backend, files, packages });
 * const { firstStage } = await models.open('loom-kl-f8', { signal });
 * const picture = await firstStage.decode(latent, { ops, signal }); // [B, 3, 8·h, 8·w] in −1…1
 * await models.unload();
 * ```
 */
export function createModelSource(options: ModelSourceOptions): LoadedModels {
  const entryOf = (installed: KnownPackage) => ({
    installed,
    shared: new Shared((load: LoadOptions) => openPackage(options, installed, load)),
  });
  const lorasById = new Map(options.loras?.map((lora) => [lora.id, lora]));
  const byId = new Map(options.packages.map((installed) => [installed.description.id, entryOf(installed)]));
  return {
    add(packages, loras = []) {
      for (const lora of loras) lorasById.set(lora.id, lora);
      for (const known of packages)
        if (!byId.has(known.description.id)) byId.set(known.description.id, entryOf(known));
    },
    async open(id, load) {
      const entry = byId.get(id);
      if (entry === undefined) throw packageMissing(id);
      return (await entry.shared.get(load)).opened;
    },
    lora(id, { signal }) {
      const known = lorasById.get(id);
      if (known === undefined)
        return Promise.reject(
          new LoomError(
            'file-missing',
            `There is no LoRA "${id}" here.`,
            { file: id },
            { fix: 'Open the file again.' },
          ),
        );
      return OpenedLora.open(known, signal);
    },
    space(id) {
      const found = [...byId.values()].find(({ installed }) => installed.description.latent.space === id);
      return found?.installed.description.latent;
    },
    prefetch(wanted, { signal }) {
      const networkOf = async (id: string, name: NetworkName): Promise<Network | undefined> => {
        const entry = byId.get(id);
        const facts = entry && networksOf(entry.installed.description)[name];
        const opened = await entry?.shared.get({ signal });
        return opened?.networks.find(({ stored }) => stored === facts);
      };
      const fetchAll = async (): Promise<void> => {
        for (const { package: id, name } of wanted) {
          const network = await networkOf(id, name);
          signal.addEventListener('abort', () => void network?.dropFetched(), { once: true });
          await network?.fetch({ signal });
        }
      };
      // The call that needs a network meets the same failure, and says it where it belongs.
      void fetchAll().catch(() => undefined);
    },
    async unload(id) {
      const entries = id === undefined ? [...byId.values()] : [byId.get(id)];
      await Promise.all(
        entries.flatMap((entry) => {
          const opened = entry?.shared.value;
          return [...(opened?.networks ?? []), ...(opened?.adapted ?? [])].map((network) =>
            network.dispose(),
          );
        }),
      );
    },
  };
}

async function openPackage(
  { backend, files, cache }: ModelSourceOptions,
  { description, hash, folder }: KnownPackage,
  load: LoadOptions,
): Promise<Opened> {
  const loading: Loading = {
    description,
    backend,
    files: folder ? folderFiles(description, folder, files) : verifiedFiles(description, files, cache),
    loras: noLoras(description),
  };
  const space: LatentSpaceInfo = description.latent;
  const { conditioner, networks: encoders } = openConditioner(loading);
  const codebook = await readCodebook(loading, load);
  const { firstStage, networks: autoencoder } = openFirstStage(loading, space, codebook);
  const denoiser =
    description.unet === undefined ? undefined : openUNet(loading, description.unet, space, conditioner);
  return {
    opened: {
      id: description.id,
      hash,
      conditioner,
      firstStage,
      ...(denoiser === undefined ? {} : { unet: denoiser.unet }),
      facts: description.facts,
    },
    networks: [...encoders, ...autoencoder, ...(denoiser?.networks ?? [])],
    adapted: loading.loras?.networks ?? new Set(),
  };
}
