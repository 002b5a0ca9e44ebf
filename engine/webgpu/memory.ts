/** Which buffer each slot gets: two slots share one when the first is read for the last time before the second is written. */
import type { Dispatch, Slot } from './types';

export interface MemoryPlan {
  /** Sizes of the buffers. */
  readonly sizes: readonly number[];
  /** The buffer of each slot that has none of its own. */
  readonly places: ReadonlyMap<Slot, number>;
}

/**
 * Places the slots of `dispatches` in order. Slots with a buffer (`fixed`) or in
 * `kept` are left alone. A buffer grows to the largest slot it ever holds; a
 * slot takes the free buffer that fits best, else the one that grows least.
 * Buffers are whole: WebGPU lets no dispatch read and write parts of one.
 */
export function planMemory(dispatches: readonly Dispatch[], kept: ReadonlySet<Slot>): MemoryPlan {
  const last = new Map<Slot, number>();
  dispatches.forEach(({ buffers }, i) => buffers.forEach((slot) => last.set(slot, i)));
  const sizes: number[] = [];
  const free = new Set<number>();
  const places = new Map<Slot, number>();
  dispatches.forEach(({ buffers }, i) => {
    for (const slot of buffers) {
      if (slot.fixed !== undefined || kept.has(slot) || places.has(slot)) continue;
      const bytes = Math.max(16, Math.ceil(slot.bytes / 16) * 16);
      const place = choose(bytes, sizes, free);
      free.delete(place);
      sizes[place] = Math.max(sizes[place] ?? 0, bytes);
      places.set(slot, place);
    }
    for (const slot of new Set(buffers)) {
      const place = places.get(slot);
      if (place !== undefined && last.get(slot) === i) free.add(place);
    }
  });
  return { sizes, places };
}

function choose(bytes: number, sizes: readonly number[], free: ReadonlySet<number>): number {
  let best = -1;
  for (const place of free) {
    const [size, known] = [sizes[place] ?? 0, sizes[best] ?? 0];
    if (best < 0) best = place;
    else if (size >= bytes) best = known >= bytes && known <= size ? best : place;
    else if (known < bytes && size > known) best = place;
  }
  return best < 0 ? sizes.length : best;
}
