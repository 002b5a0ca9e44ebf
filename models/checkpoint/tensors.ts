/** Questions to the tensors of a file. */
import type { WeightEntry } from '@/engine/types';

export class Tensors {
  constructor(
    readonly entries: ReadonlyMap<string, WeightEntry>,
    private readonly prefix = '',
  ) {}

  /** The same with names that begin with `prefix`. */
  under(prefix: string): Tensors {
    const inside = [...this.entries].filter(([name]) => name.startsWith(prefix));
    return new Tensors(
      new Map(inside.map(([name, entry]) => [name.slice(prefix.length), entry])),
      `${this.prefix}${prefix}`,
    );
  }

  get empty(): boolean {
    return this.entries.size === 0;
  }
  has(name: string): boolean {
    return this.entries.has(name);
  }
  /** Size of an axis; undefined where there is no such tensor or axis. */
  size(name: string, axis: number): number | undefined {
    return this.entries.get(name)?.shape[axis];
  }
  rank(name: string): number | undefined {
    return this.entries.get(name)?.shape.length;
  }

  /** n where there are names `before0after…` to `before(n−1)after…`. */
  count(before: string, after = '.'): number {
    let n = 0;
    const names = [...this.entries.keys()].filter((name) => name.startsWith(before));
    while (names.some((name) => name.startsWith(`${before}${n}${after}`))) n += 1;
    return n;
  }
}

/** Largest power of two up to 32 that divides all widths and leaves two channels a group: 32 for every published model. */
export function groupsOf(widths: readonly number[]): number {
  return [32, 16, 8, 4, 2].find((groups) => widths.every((w) => w % groups === 0 && w >= 2 * groups)) ?? 1;
}
