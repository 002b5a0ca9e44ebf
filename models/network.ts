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

  constructor(
    private readonly loading: Loading,
    /** e.g. `loom-kl-f8 U-Net`: named in errors. */
    readonly name: string,
    private readonly network: NetworkManifest,
  ) {
    this.#session = new Shared((options) => this.#open(options));
  }

  /** The session, loaded if need be. */
  session(options: LoadOptions): Promise<Session> {
    return this.#session.get(options);
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
    const graph = this.network[precision];
    const [model, weights] = await loadAll(this.loading, [graph, this.network.weights], options);
    if (model === undefined || weights === undefined)
      throw new LoomError('internal', 'A loaded file vanished.');
    const data = expandWeights(weights, precision, `${manifest.id}/${this.network.weights}`);
    const session = await backend.createSession(
      { name: this.name, model, externalData: [{ path: this.network.externalData, data }] },
      { signal: options.signal },
    );
    if (!options.signal.aborted) return session;
    await session.dispose();
    options.signal.throwIfAborted();
    return session;
  }
}
