/** Runs plans one after another and keeps their results. */
import type { Plan } from '../plan/plan-types';
import type { Backend } from '../types/backend';
import { LoomError } from '../types/error';
import type { ModelSource } from '../types/model';
import { Cache, type Entry } from './cache';
import type { Borrowed, Executor, ExecutorOptions, RunOptions } from './executor-types';
import type { RunResult } from './events';
import { canBackUp, copy, restore } from './backup';
import { Run } from './plan-run';
import { tensorsOf } from './values';

const MiB = 1024 * 1024;

/**
 * An executor on one backend. Its cache is that backend's: keys of plans made for another never meet it.
 *
 * @example One run, its picture, and everything released. On Node, `nodeEngine` of `latent-loom/node` puts this together.
 * ```ts
 * const executor = createExecutor({ backend, models, images, assets });
 * const result = await executor.run(planned, { signal, onEvent: (event) => console.log(event.type) });
 * const picture = executor.borrow({ node: 'decode', port: 'image' });
 * if (picture?.value.kind === 'image') await picture.value.pixels.read(); // float32 [B, 3, H, W] in −1…1
 * picture?.release();
 * executor.dispose();
 * ```
 */
export function createExecutor(options: ExecutorOptions): Executor {
  return new PlanExecutor(options);
}

class PlanExecutor implements Executor {
  #backend: Backend;
  #models: ModelSource;
  #cache: Cache;
  #plan: Plan | undefined;
  /** What the latest run's targets are made of: stays until the next run. */
  #results: readonly Entry[] = [];
  #backedUp = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;
  #current: Run | undefined;
  #lost: string | undefined;
  readonly #now: () => number;

  constructor(private readonly options: ExecutorOptions) {
    this.#backend = options.backend;
    this.#models = options.models;
    this.#cache = new Cache(options.cacheBytes ?? 512 * MiB);
    this.#now = options.now ?? (() => performance.now());
    this.#watch(options.backend);
  }

  /** Listens once for each backend; a listener for each run would keep every run alive. */
  #watch(backend: Backend): void {
    void backend.lost.then((reason) => {
      if (this.#backend !== backend) return;
      this.#lost = reason;
      this.#current?.lose(reason);
    });
  }

  run(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
    const turn = this.#queue.then(() => this.#begin(plan, options));
    // `#begin` never rejects; were it to, later runs must still get their turn.
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #begin(plan: Plan, options: RunOptions): Promise<RunResult> {
    if (this.#disposed) throw new LoomError('internal', 'This executor was disposed.');
    this.#letGo();
    this.#plan = plan;
    const run = new Run(
      plan,
      {
        backend: this.#backend,
        models: this.#models,
        cache: this.#cache,
        options: this.options,
        now: this.#now,
        keep: (entry) => this.#backUp(entry),
        lost: this.#lost,
      },
      options,
    );
    this.#current = run;
    try {
      return await run.go((entries) => {
        this.#results = entries;
      });
    } finally {
      this.#current = undefined;
    }
  }

  #letGo(): void {
    for (const entry of this.#results) this.#cache.unpin(entry);
    this.#results = [];
  }

  /** Keeps a CPU copy of a small result on a GPU. A copy that fails is none. */
  async #backUp(entry: Entry): Promise<void> {
    const limit = this.options.backupBytes ?? 64 * MiB;
    if (entry.fresh || entry.backup || entry.bytes > limit || !canBackUp(entry.values)) return;
    if (!entry.tensors.some(({ location }) => location === 'gpu')) return;
    this.#cache.pin(entry);
    try {
      entry.backup = await copy(entry.values);
    } catch {
      return; // the device is gone, or the value went with a failing run: there is nothing to keep
    } finally {
      this.#cache.unpin(entry);
    }
    this.#backedUp = 0;
    const copies = this.#cache.entries().filter(({ backup }) => backup !== undefined);
    for (const kept of copies.sort((a, b) => b.used - a.used)) {
      this.#backedUp += kept.backup?.bytes ?? 0;
      if (this.#backedUp > limit) delete kept.backup;
    }
  }

  borrow({
    node,
    port,
    side = 'out',
    iteration = 0,
    plan = this.#plan,
  }: Parameters<Executor['borrow']>[0]): Borrowed | undefined {
    const at = plan?.sourceOf(node, side, port, iteration);
    const entry = at && this.#cache.peek(at.step);
    const value = at && entry?.values[at.port];
    if (!entry || !value || tensorsOf(value).some(({ disposed }) => disposed)) return undefined;
    this.#cache.pin(entry);
    let given = true;
    return {
      value,
      release: () => {
        if (given) this.#cache.unpin(entry);
        given = false;
      },
    };
  }

  has(key: string): boolean {
    const entry = this.#cache.peek(key);
    return entry !== undefined && !entry.fresh;
  }

  usage(): { readonly entries: number; readonly bytes: number; readonly limit: number } {
    return { entries: this.#cache.size, bytes: this.#cache.bytes, limit: this.#cache.limit };
  }

  clear(): void {
    this.#letGo();
    this.#cache.clear();
  }

  async recover(parts: {
    readonly backend: Backend;
    readonly models: ModelSource;
  }): Promise<{ readonly backedUp: number; readonly dropped: number }> {
    await this.#queue;
    this.#letGo();
    const old = this.#cache;
    const entries = old.entries();
    this.#backend = parts.backend;
    this.#lost = undefined;
    this.#watch(parts.backend);
    this.#models = parts.models;
    this.#cache = new Cache(old.limit);
    let backedUp = 0;
    for (const entry of entries) {
      const hasTensors = entry.tensors.length > 0;
      // Plain values (numbers, schedules) need no copy; everything with a network inside is of the lost device.
      const backup =
        entry.backup ?? (hasTensors || !canBackUp(entry.values) ? undefined : await copy(entry.values));
      if (backup && !entry.fresh) {
        const scope = parts.backend.scope();
        try {
          const values = restore(backup, scope.ops);
          const tensors = [...new Set(Object.values(values).flatMap(tensorsOf))].map((tensor) =>
            tensor.retain(),
          );
          const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
          const again = await copy(values);
          this.#cache.unpin(
            this.#cache.add({ key: entry.key, values, tensors, bytes, fresh: false, backup: again }),
          );
          backedUp++;
        } finally {
          scope.release();
        }
      }
      old.drop(entry.key);
    }
    return { backedUp, dropped: entries.length - backedUp };
  }

  dispose(): void {
    this.#disposed = true;
    this.#letGo();
    for (const { key } of this.#cache.entries()) this.#cache.drop(key);
  }
}
