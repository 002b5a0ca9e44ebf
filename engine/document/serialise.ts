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

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, field]) => [key, sorted(field)]));
}
