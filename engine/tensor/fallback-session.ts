/** A session that goes over to another way of computing when the first turns out not to be able to. */
import { LoomError, type Session, type SessionPort, type Tensor, type TensorOps } from '../types';

/**
 * Runs `first` until it says `unsupported` (a kernel that the driver refuses, a
 * weight larger than a binding), then for good what `instead` makes. Other
 * failures are passed on: with less memory the second would fail too.
 */
export class FallbackSession implements Session {
  readonly name: string;
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  #second: Promise<Session> | undefined;
  #disposed = false;

  constructor(
    private readonly first: Session,
    private readonly instead: () => Promise<Session>,
    private readonly onDispose: () => void,
  ) {
    this.name = first.name;
    this.inputs = first.inputs;
    this.outputs = first.outputs;
  }

  /** Whether the second way is taken. */
  get fellBack(): boolean {
    return this.#second !== undefined;
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    ops: TensorOps,
  ): Promise<Readonly<Record<string, Tensor>>> {
    if (this.#second === undefined) {
      try {
        return await this.first.run(feeds, ops);
      } catch (thrown) {
        if (!(thrown instanceof LoomError) || thrown.code !== 'unsupported' || this.#disposed) throw thrown;
      }
      this.#second ??= this.#change();
    }
    return (await this.#second).run(feeds, ops);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.onDispose();
    await this.first.dispose();
    await this.#second?.then(
      (session) => session.dispose(),
      () => undefined,
    );
  }

  async #change(): Promise<Session> {
    await this.first.dispose();
    return this.instead();
  }
}
