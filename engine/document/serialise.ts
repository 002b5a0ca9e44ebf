/** Documents out. */
import type { LoomDocument } from './schema';

/**
 * The document as canonical JSON: sorted keys, two spaces, a newline at the end,
 * so that equal documents are equal files and a change is a small diff.
 * `parseDocument` of it gives an equal document.
 */
export function serialise(document: LoomDocument, options: { readonly compact?: boolean } = {}): string {
  const text = JSON.stringify(sorted(document), undefined, options.compact ? undefined : 2);
  return options.compact ? text : `${text}\n`;
}

/** Sorted copies of what can never change: an edit of a document leaves all but a few of its records as they were. */
const known = new WeakMap<object, object>();
const lasting = (value: unknown): boolean => typeof value !== 'object' || value === null || known.has(value);

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const before = known.get(value);
  if (before !== undefined) return before;
  const copy = Array.isArray(value)
    ? value.map(sorted)
    : Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
          .map(([key, field]) => [key, sorted(field)]),
      );
  // Frozen all the way down: what is below was asked the same just now.
  if (Object.isFrozen(value) && Object.values(value).every(lasting)) known.set(value, copy);
  return copy;
}
