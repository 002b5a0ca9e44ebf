/** Sweeps as a person makes them: a list of values for a setting, alone or in step with another. */
import { getOwn } from '@/engine/types';
import type { Draft } from 'immer';
import { freshId, iterationsOf, serialise, withValues, type LoomDocument, type LoomNode } from '@/engine';
import { nextSeed, randomSeed } from './edits';

export type SweepValue = LoomNode['params'][string];

/** Where a setting is swept. */
export interface SweepPlace {
  readonly sweep: string;
  /** Index among the settings of that sweep, which go in step. */
  readonly at: number;
  readonly values: readonly SweepValue[];
  readonly enabled: boolean;
}

/** The sweep of one setting, if it has one. */
export function sweepOf(document: LoomDocument, node: string, param: string): SweepPlace | undefined {
  for (const [sweep, { params, enabled }] of Object.entries(document.sweeps)) {
    const at = params.findIndex((each) => each.node === node && each.param === param);
    const found = params[at];
    if (found !== undefined) return { sweep, at, values: found.values, enabled };
  }
  return undefined;
}

/** Sweeps a setting over `values`: in step with the sweep named, or along an axis of its own. */
export function setSweep(
  draft: Draft<LoomDocument>,
  place: { readonly node: string; readonly param: string },
  values: readonly SweepValue[],
  inStepWith?: string,
): void {
  const before = Object.entries(draft.sweeps).find(([, { params }]) =>
    params.some(({ node, param }) => node === place.node && param === place.param),
  )?.[0];
  const entry = { ...place, values: [...values] };
  const target = inStepWith ?? (before !== undefined && isAlone(draft, before) ? before : undefined);
  if (before !== undefined && target === before) {
    const sweep = getOwn(draft.sweeps, before);
    const at = sweep?.params.findIndex(({ node, param }) => node === place.node && param === place.param);
    if (sweep !== undefined && at !== undefined && at >= 0) sweep.params[at] = entry;
    if (sweep !== undefined) sweep.enabled = true;
    return;
  }
  removeSweep(draft, place);
  const partner = target === undefined ? undefined : getOwn(draft.sweeps, target);
  if (partner !== undefined) partner.params.push(entry);
  else draft.sweeps[freshId(draft.sweeps, place.param)] = { enabled: true, params: [entry] };
}
const isAlone = (document: LoomDocument, sweep: string): boolean =>
  getOwn(document.sweeps, sweep)?.params.length === 1;

/** Takes a setting out of its sweep; a sweep of nothing goes too. */
export function removeSweep(
  draft: Draft<LoomDocument>,
  place: { readonly node: string; readonly param: string },
): void {
  for (const [id, sweep] of Object.entries(draft.sweeps)) {
    sweep.params = sweep.params.filter(({ node, param }) => node !== place.node || param !== place.param);
    if (sweep.params.length === 0) delete draft.sweeps[id];
  }
}

/** `count` numbers from `from` to `to`, both included; whole ones for `integer`, equal ones once. */
export function rangeValues(from: number, to: number, count: number, integer: boolean): readonly number[] {
  const step = count > 1 ? (to - from) / (count - 1) : 0;
  const values = Array.from({ length: count }, (_, k) => {
    const value = from + step * k;
    // Twelve digits: 0.1 + 0.2 is 0.3 to a person.
    return integer ? Math.round(value) : Number(value.toPrecision(12));
  });
  return [...new Set(values)];
}

/** `count` seeds: from `first` on, or at random. */
export function seedValues(first: string, count: number, random: boolean): readonly string[] {
  const seeds: string[] = [];
  for (
    let seed = random ? randomSeed() : first;
    seeds.length < count;
    seed = random ? randomSeed() : nextSeed(seed)
  )
    seeds.push(seed);
  return seeds;
}

/** Numbers out of a text, split at commas, semicolons, white space or lines. Undefined where one is none. */
export function numbersIn(text: string, integer: boolean): readonly number[] | undefined {
  const values = text
    .split(/[\s,;]+/u)
    .filter(Boolean)
    .map(Number);
  return values.every((value) => Number.isFinite(value) && (!integer || Number.isInteger(value)))
    ? values
    : undefined;
}

/** Pictures a run makes of this document: the combinations of its enabled sweeps. */
export const combinations = (document: LoomDocument): number => iterationsOf(document).length;

/** One picture of a sweep: the document that draws it alone, and what was varied. */
export interface SweepCell {
  readonly document: LoomDocument;
  readonly values: readonly { readonly node: string; readonly param: string; readonly value: SweepValue }[];
}

/** The cells of a document's sweeps in the order of the iterations; one without values when nothing is swept. */
export function sweepCells(document: LoomDocument): readonly SweepCell[] {
  return iterationsOf(document).map((iteration) => ({
    document: iteration.values.length === 0 ? document : { ...withValues(document, iteration), sweeps: {} },
    values: iteration.values,
  }));
}

/** The canonical text of each cell's document. */
export const cellText = ({ document }: SweepCell): string => serialise(document);

/** A value as a caption: short, one line. */
export function captionOfValue(value: SweepValue): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}
