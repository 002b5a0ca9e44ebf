/** Results by content key, within a byte budget, least recently used first out. Owns what it holds. */
import type { Tensor, TensorScope } from '../types/tensor';
import type { Backup } from './backup';
import type { Values } from './values';

/** One step's result. The entry owns one count of each of `tensors`. */
export interface Entry {
  readonly key: string;
  readonly values: Values;
  readonly tensors: readonly Tensor[];
  /** For values whose functions read unlisted tensors: what they were made in. */
  readonly scope?: TensorScope;
  readonly bytes: number;
  /** Never served to another run. */
  readonly fresh: boolean;
  backup?: Backup;
  pins: number;
  used: number;
  /** No longer in the cache; released once nobody holds it. */
  dropped: boolean;
}

export class Cache {
  readonly #entries = new Map<string, Entry>();
  /** Tensors that several entries own are counted once. */
  readonly #owners = new Map<Tensor, number>();
  #bytes = 0;
  #clock = 0;

  constructor(readonly limit: number) {}

  get bytes(): number {
    return this.#bytes;
  }
  get size(): number {
    return this.#entries.size;
  }
  entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  peek(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Takes over the counts that `entry` holds; comes pinned once. An older one under the key goes. */
  add(entry: Omit<Entry, 'pins' | 'used' | 'dropped'>): Entry {
    this.drop(entry.key);
    const added: Entry = { ...entry, pins: 1, used: ++this.#clock, dropped: false };
    this.#entries.set(added.key, added);
    for (const tensor of added.tensors) {
      const owners = this.#owners.get(tensor) ?? 0;
      if (owners === 0) this.#bytes += tensor.bytes;
      this.#owners.set(tensor, owners + 1);
    }
    return added;
  }

  /** Keeps an entry until `unpin`. */
  pin(entry: Entry): void {
    entry.pins++;
    entry.used = ++this.#clock;
  }

  unpin(entry: Entry): void {
    entry.pins--;
    if (entry.pins > 0) return;
    if (entry.dropped) this.#release(entry);
    else this.trim();
  }

  /** Takes an entry out; what is pinned lives until its last pin goes. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    entry.dropped = true;
    if (entry.pins === 0) this.#release(entry);
  }

  /** Drops everything that nobody holds. */
  clear(): void {
    for (const entry of this.entries()) if (entry.pins === 0) this.drop(entry.key);
  }

  /** Down to the budget, as far as pins allow. */
  trim(): void {
    if (this.#bytes <= this.limit) return;
    const free = this.entries()
      .filter(({ pins, bytes }) => pins === 0 && bytes > 0)
      .sort((a, b) => a.used - b.used);
    for (const entry of free) {
      if (this.#bytes <= this.limit) return;
      this.drop(entry.key);
    }
  }

  #release(entry: Entry): void {
    for (const tensor of entry.tensors) {
      const owners = (this.#owners.get(tensor) ?? 1) - 1;
      if (owners > 0) this.#owners.set(tensor, owners);
      else {
        this.#owners.delete(tensor);
        this.#bytes -= tensor.bytes;
      }
      tensor.release();
    }
    entry.scope?.release();
  }
}
