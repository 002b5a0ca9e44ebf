/** What a run holds of the cache: each result until the last step that reads it has ended. */
import type { Cache, Entry } from './cache';

export class RetainedResults {
  /** Entries this run has pinned, by key. */
  readonly #held = new Map<string, Entry>();
  /** How many steps under way will still read a result; targets count for ever. */
  readonly #uses = new Map<string, number>();
  /** Steps whose lazy inputs may still be asked for, by the key of what feeds them. */
  readonly #lazy = new Map<string, number>();

  /** `gone` hears of each result that is let go, so that whoever wants it again looks for it anew. */
  constructor(
    private readonly cache: Cache,
    private readonly gone: (key: string) => void,
  ) {}

  /** One more step will read this result. */
  want(key: string): void {
    this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
  }

  /** Holds a result that has just been added (and comes pinned). */
  keep(entry: Entry): void {
    this.#held.set(entry.key, entry);
  }

  /** Holds what the cache has under this key. */
  takeCached(key: string): Entry | undefined {
    const entry = this.cache.peek(key);
    if (!entry) return undefined;
    this.cache.pin(entry);
    this.#held.set(key, entry);
    return entry;
  }

  get(key: string): Entry | undefined {
    return this.#held.get(key);
  }

  /** One user less; with none left the cache may evict the result. */
  letGo(key: string): void {
    this.#uses.set(key, (this.#uses.get(key) ?? 1) - 1);
    this.#release(key);
  }

  /** A step under way may ask for these lazily: they stay if they are there. */
  waitFor(keys: readonly string[]): void {
    for (const key of keys) this.#lazy.set(key, (this.#lazy.get(key) ?? 0) + 1);
  }
  stopWaiting(keys: readonly string[]): void {
    for (const key of keys) {
      const left = (this.#lazy.get(key) ?? 1) - 1;
      if (left > 0) this.#lazy.set(key, left);
      else this.#lazy.delete(key);
      this.#release(key);
    }
  }

  /** Takes a spoilt result out of the cache for good. */
  discard(entry: Entry): void {
    this.#held.delete(entry.key);
    this.cache.drop(entry.key);
    this.cache.unpin(entry);
  }

  /** Ends the run's hold on everything; `kept` is pinned first, for whoever takes it over. */
  end(kept: ReadonlySet<Entry>): void {
    for (const entry of kept) this.cache.pin(entry);
    for (const entry of this.#held.values()) this.cache.unpin(entry);
    this.#held.clear();
  }

  #release(key: string): void {
    const entry = this.#held.get(key);
    if (!entry || (this.#uses.get(key) ?? 0) > 0 || this.#lazy.has(key) || entry.fresh) return;
    this.#held.delete(key);
    this.gone(key);
    this.cache.unpin(entry);
  }
}
