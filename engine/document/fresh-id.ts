/** Readable ids: `sampler`, `sampler-2`, `sampler-3`, … */

/** Letters of an id before its number. A document's names have at most 200. */
const stemLetters = 180;

/**
 * `base` where it is free, else the first free of `base-2`, `base-3`, …; a number that `base` ends in already is
 * counted up. Never `__proto__`, which an object takes for itself. What is longer than {@link stemLetters} loses its
 * end: ids made of ids (a branch of a branch, an edge between two) would outgrow what a document takes.
 * @param taken the record that the id is for, or whether an id is taken
 */
export function freshId(
  taken: Readonly<Record<string, unknown>> | ((id: string) => boolean),
  base: string,
): string {
  if (base.length > stemLetters) return freshId(taken, base.slice(0, stemLetters));
  const isTaken = typeof taken === 'function' ? taken : (id: string) => Object.hasOwn(taken, id);
  if (base !== '__proto__' && !isTaken(base)) return base;
  const stem = base.replace(/-\d+$/, '');
  let number = 2;
  while (isTaken(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}
