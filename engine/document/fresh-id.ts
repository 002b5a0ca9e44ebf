/** Readable ids: `sampler`, `sampler-2`, `sampler-3`, … */

/**
 * `base` where it is free, else the first free of `base-2`, `base-3`, …; a number that `base` ends in already is
 * counted up. Never `__proto__`, which an object takes for itself.
 * @param taken the record that the id is for, or whether an id is taken
 */
export function freshId(
  taken: Readonly<Record<string, unknown>> | ((id: string) => boolean),
  base: string,
): string {
  const isTaken = typeof taken === 'function' ? taken : (id: string) => Object.hasOwn(taken, id);
  if (base !== '__proto__' && !isTaken(base)) return base;
  const stem = base.replace(/-\d+$/, '');
  let number = 2;
  while (isTaken(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}
