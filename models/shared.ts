/** One piece of work that several callers may wait for. */
import type { LoadOptions } from '@/engine/types';

interface Running<T> {
  readonly promise: Promise<T>;
  readonly stop: AbortController;
  readonly watchers: Set<LoadOptions>;
  latest: readonly [done: number, total: number] | undefined;
}

/**
 * Starts on the first `get`, is shared by all who ask while it runs and after
 * it succeeded, and is forgotten when it fails, so that the next caller tries
 * again. A caller who aborts leaves alone; the work itself is aborted when
 * nobody waits for it any more.
 */
export class Shared<T> {
  #running: Running<T> | undefined;
  #value: { readonly value: T } | undefined;

  constructor(private readonly start: (options: LoadOptions) => Promise<T>) {}

  /** What it came to, if it is done. */
  get value(): T | undefined {
    return this.#value?.value;
  }

  /** Rejects with the signal's reason when this caller aborts. */
  async get(options: LoadOptions): Promise<T> {
    options.signal.throwIfAborted();
    if (this.#value !== undefined) return this.#value.value;
    const running = (this.#running ??= this.#begin());
    running.watchers.add(options);
    if (running.latest !== undefined) options.progress?.(...running.latest);
    const { signal } = options;
    let leave: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      leave = () => {
        running.watchers.delete(options);
        if (running.watchers.size === 0) {
          if (this.#running === running) this.#running = undefined;
          running.stop.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([running.promise, aborted]);
    } finally {
      running.watchers.delete(options);
      if (leave !== undefined) signal.removeEventListener('abort', leave);
    }
  }

  /** Forgets the result; returns it, or what is still being made, for the caller to dispose of. */
  async forget(): Promise<T | undefined> {
    const [done, running] = [this.#value, this.#running];
    this.#value = undefined;
    this.#running = undefined;
    if (done !== undefined) return done.value;
    return running?.promise.catch(() => undefined);
  }

  #begin(): Running<T> {
    const stop = new AbortController();
    const watchers = new Set<LoadOptions>();
    const running: Running<T> = {
      stop,
      watchers,
      latest: undefined,
      promise: Promise.resolve().then(() =>
        this.start({
          signal: stop.signal,
          progress: (done, total) => {
            running.latest = [done, total];
            for (const watcher of watchers) watcher.progress?.(done, total);
          },
        }),
      ),
    };
    running.promise.then(
      (value) => {
        if (this.#running !== running) return;
        this.#running = undefined;
        this.#value = { value };
      },
      () => {
        if (this.#running === running) this.#running = undefined;
      },
    );
    return running;
  }
}
