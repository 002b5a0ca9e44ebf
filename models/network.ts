/** A network of a package: fetched, expanded and made a session of by the first call that needs it. */
import {
  LoomError,
  type Backend,
  type LoadOptions,
  type Session,
  type Tensor,
  type TensorOps,
} from '@/engine/types';
import type { FileCache } from './cache';
import type { FileSource } from './files';
import { loadFile } from './load';
import type { NetworkManifest, PackageManifest } from './manifest';
import { Shared } from './shared';
import { expandWeights } from './storage';

/** What the parts of one package load with. */
export interface Loading {
  readonly manifest: PackageManifest;
  readonly backend: Backend;
  readonly files: FileSource;
  readonly cache?: FileCache;
}

/** Loads files of the package one after the other, reporting bytes over all of them. */
export async function loadAll(
  loading: Loading,
  names: readonly string[],
  options: LoadOptions,
): Promise<Uint8Array[]> {
  const { manifest, files, cache } = loading;
  const expected = names.map((file) => {
    const entry = manifest.files[file];
    if (entry === undefined)
      throw new LoomError('package-invalid', `${manifest.id} lists no file "${file}".`);
    return { package: manifest.id, file, ...entry };
  });
  const total = expected.reduce((sum, { size }) => sum + size, 0);
  const loaded: Uint8Array[] = [];
  let before = 0;
  for (const file of expected) {
    const base = before;
    loaded.push(
      await loadFile(files, cache, file, {
        signal: options.signal,
        progress: (done) => options.progress?.(base + done, total),
      }),
    );
    before += file.size;
  }
  return loaded;
}

/** One of a package's graphs with its weights. */
export class Network {
  readonly #session: Shared<Session>;
  /** Graph and weights as stored, between being fetched and being taken. */
  readonly #files: Shared<Uint8Array[]>;

  constructor(
    private readonly loading: Loading,
    /** e.g. `loom-kl-f8 U-Net`: named in errors. */
    readonly name: string,
    readonly manifest: NetworkManifest,
  ) {
    this.#session = new Shared((options) => this.#open(options));
    this.#files = new Shared((options) => {
      const graph = manifest[loading.backend.info.precision];
      return loadAll(loading, [graph, manifest.weights], options);
    });
  }

  /** The session, loaded if need be. */
  session(options: LoadOptions): Promise<Session> {
    return this.#session.get(options);
  }

  /** Fetches the files ahead of the call that needs them, unless there is a session. */
  async fetch(options: LoadOptions): Promise<void> {
    if (this.#session.value === undefined) await this.#files.get(options);
  }
  /** Drops what was fetched and not taken. */
  async dropFetched(): Promise<void> {
    await this.#files.forget();
  }

  /** Loads if need be, then one call. Results belong to `options.ops`. */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    options: LoadOptions & { readonly ops: TensorOps },
  ): Promise<Readonly<Record<string, Tensor>>> {
    const session = await this.session(options);
    options.signal.throwIfAborted();
    return session.run(feeds, options.ops);
  }

  /** One call of a network with one input and one output, whatever their names. */
  async apply(input: Tensor, options: LoadOptions & { readonly ops: TensorOps }): Promise<Tensor> {
    const session = await this.session(options);
    const [{ name: from } = { name: '' }] = session.inputs;
    const [{ name: to } = { name: '' }] = session.outputs;
    const result = (await this.run({ [from]: input }, options))[to];
    if (result === undefined) throw new LoomError('package-invalid', `${this.name} has no output.`);
    return result;
  }

  async dispose(): Promise<void> {
    const session = await this.#session.forget();
    await session?.dispose();
  }

  async #open(options: LoadOptions): Promise<Session> {
    const { backend, manifest } = this.loading;
    const { precision } = backend.info;
    const [model, weights] = await this.#files.get(options);
    // Taken: nothing here may keep the stored weights alive beside the session.
    void this.#files.forget();
    if (model === undefined || weights === undefined)
      throw new LoomError('internal', 'A loaded file vanished.');
    const data = expandWeights(weights, precision, `${manifest.id}/${this.manifest.weights}`);
    const session = await backend.createSession(
      { name: this.name, model, externalData: [{ path: this.manifest.externalData, data }] },
      { signal: options.signal },
    );
    if (!options.signal.aborted) return session;
    await session.dispose();
    options.signal.throwIfAborted();
    return session;
  }
}
