/** Which earlier versions are kept: many of today, some of this week, named ones always. */

interface Kept {
  readonly version?: number;
  readonly time: number;
  readonly reason: string;
  readonly label?: string | undefined;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Age below which one version is kept per span. Beyond the last, one a month. */
const spans: readonly (readonly [age: number, every: number])[] = [
  [hour, 0],
  [day, hour],
  [30 * day, day],
  [Infinity, 30 * day],
];
/** Never more than this many unnamed ones, whatever their age. */
const most = 200;

/**
 * Keys of the versions to forget. Of each span the newest stays; versions that a
 * person named stay always; so does the newest of all.
 * @param versions oldest first
 */
export function thin(versions: readonly Kept[], now: number): readonly (number | undefined)[] {
  const forget: (number | undefined)[] = [];
  const seen = new Set<string>();
  let count = 0;
  for (const { version, time, reason, label } of versions.toReversed()) {
    if (reason === 'named' || label !== undefined) continue;
    const age = now - time;
    const every = spans.find(([limit]) => age < limit)?.[1] ?? 0;
    const slot = every === 0 ? `${version}` : `${every}:${Math.floor(time / every)}`;
    if ((seen.has(slot) && count > 0) || count >= most) forget.push(version);
    else {
      seen.add(slot);
      count += 1;
    }
  }
  return forget;
}
