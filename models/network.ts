/** A network of a package: fetched, expanded and made a session of by the first call that needs it. */
import {
  LoomError,
  type GraphSource,
  type LoadOptions,
  type NetworkFiles,
  type NetworkSource,
  type Session,
  type Tensor,
  type TensorOps,
} from '@/engine/types';
import { checkDevice } from './fits';
import { fetchGraph } from './graph-source';
import type { Loading } from './loading';
import { Shared } from './shared';

/** One of a package's graphs with its weights. */
export class Network {
  readonly #session: Shared<Session>;
  /** What a session is made of, between being fetched and being taken. */
  readonly #source: Shared<() => GraphSource | NetworkSource>;

  constructor(
    private readonly loading: Loading,
    /** e.g. `loom-kl-f8 U-Net`: named in errors. */
    readonly name: string,
    readonly stored: NetworkFiles,
  ) {
    this.#session = new Shared((options) => this.#open(options));
    this.#source = new Shared((options) => {
      checkDevice(name, stored, loading.backend.info);
      return fetchGraph(name, stored, loading, options);
    });
  }

  /** The session, loaded if need be. */
  session(options: LoadOptions): Promise<Session> {
    return this.#session.get(options);
  }

  /** Fetches the files ahead of the call that needs them, unless there is a session. */
  async fetch(options: LoadOptions): Promise<void> {
    if (this.#session.value === undefined) await this.#source.get(options);
  }
  /** Drops what was fetched and not taken. */
  async dropFetched(): Promise<void> {
    await this.#source.forget();
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

  /** One call of a network with one input, whatever its name; `output` where it has several. Throws `package-invalid`. */
  async apply(
    input: Tensor,
    options: LoadOptions & { readonly ops: TensorOps },
    output?: string,
  ): Promise<Tensor> {
    const session = await this.session(options);
    const [{ name: from } = { name: '' }] = session.inputs;
    const [{ name: first } = { name: '' }] = session.outputs;
    const results = await this.run({ [from]: input }, options);
    return this.output(results, output ?? first);
  }

  /** The named result. Throws `package-invalid` where there is none. */
  output(results: Readonly<Record<string, Tensor>>, name: string): Tensor {
    const result = results[name];
    if (result === undefined)
      throw new LoomError('package-invalid', `${this.name} has no output "${name}".`, {
        package: this.loading.description.id,
      });
    return result;
  }

  async dispose(): Promise<void> {
    const session = await this.#session.forget();
    await session?.dispose();
  }

  async #open(options: LoadOptions): Promise<Session> {
    const source = await this.#source.get(options);
    // Taken: nothing here may keep the stored weights alive beside the session.
    void this.#source.forget();
    const session = await this.loading.backend.createSession(source(), { signal: options.signal });
    if (!options.signal.aborted) return session;
    await session.dispose();
    options.signal.throwIfAborted();
    return session;
  }
}
