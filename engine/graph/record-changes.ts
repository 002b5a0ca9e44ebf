/** What differs between two states of a record whose untouched entries keep their identity. */

export interface RecordChanges {
  /** Ids that only the newer state has, in its order; `changed`: in both, but another entry; `removed`: gone. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

const none: RecordChanges = { added: [], changed: [], removed: [] };

/** Undefined when entries that both states have stand in another order. One walk over both. */
export function changesOf<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): RecordChanges | undefined {
  if (before === after) return none;
  const old = Object.keys(before);
  const added: string[] = [];
  const changed: string[] = [];
  const removed: string[] = [];
  let at = 0;
  for (const id of Object.keys(after)) {
    if (old[at] !== id) {
      if (!Object.hasOwn(before, id)) {
        added.push(id);
        continue;
      }
      for (; at < old.length && old[at] !== id; at++) removed.push(old[at] ?? '');
    }
    if (before[id] !== after[id]) changed.push(id);
    at++;
  }
  for (; at < old.length; at++) removed.push(old[at] ?? '');
  return removed.some((id) => Object.hasOwn(after, id)) ? undefined : { added, changed, removed };
}
