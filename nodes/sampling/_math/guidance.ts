/**
 * Classifier-free guidance as a linear combination of network outputs.
 *
 * One scale (Ho & Salimans 2207.12598, in the form used since GLIDE):
 * D = D∅ + w·(D_c − D∅). A scale per part (as Brooks et al. 2211.09800, eq. 3,
 * for text and image): D = D∅ + Σᵢ wᵢ·(D_{c₁…cᵢ} − D_{c₁…cᵢ₋₁}), which is the former
 * when all scales are equal.
 */
import type { ConditioningPartName } from '@/engine/types';

/** Parts in the order in which they are added by per-part guidance: what fixes the layout first. */
export const partOrder: readonly ConditioningPartName[] = ['image', 'map', 'class', 'text'];

/** One evaluation of the network: which parts take the conditioning's value (the others are null), and its weight in the sum. */
export interface Evaluation {
  readonly entry: number;
  readonly parts: readonly ConditioningPartName[];
  readonly weight: number;
}

/** A conditioning that counts at this step. */
export interface ActiveEntry {
  readonly entry: number;
  readonly weight: number;
  readonly parts: readonly ConditioningPartName[];
}

/** One scale, or one for each part. */
export type Scales = number | Readonly<Record<ConditioningPartName, number>>;

/**
 * The evaluations whose weighted sum is the guided prediction; weights sum to
 * 1. Entry −1 is the unconditional one. Entries are mixed by weight;
 * evaluations of weight 0 are left out (at guidance 1 the unconditional one).
 */
export function evaluations(active: readonly ActiveEntry[], scales: Scales): readonly Evaluation[] {
  const total = active.reduce((sum, { weight }) => sum + weight, 0);
  const sum = new Map<string, Evaluation>();
  const put = (entry: number, parts: readonly ConditioningPartName[], weight: number): void => {
    // No part left of an entry means the unconditional evaluation, shared by all.
    const own = parts.length === 0 ? -1 : entry;
    const key = `${own}:${parts.join()}`;
    sum.set(key, { entry: own, parts, weight: (sum.get(key)?.weight ?? 0) + weight });
  };
  put(-1, [], 1);
  if (total > 0) {
    for (const { entry, weight, parts } of active) {
      const share = weight / total;
      const ordered = partOrder.filter((part) => parts.includes(part));
      if (typeof scales === 'number') {
        put(-1, [], -share * scales);
        put(entry, ordered, share * scales);
        continue;
      }
      for (const [i, part] of ordered.entries()) {
        put(entry, ordered.slice(0, i), -share * scales[part]);
        put(entry, ordered.slice(0, i + 1), share * scales[part]);
      }
    }
  }
  const used = [...sum.values()].filter(({ weight }) => Math.abs(weight) > 1e-12);
  return used;
}
