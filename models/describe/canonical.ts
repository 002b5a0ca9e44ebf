/** A description's hash: equal for equal packages, wherever they lie. */
import type { PackageDescription } from '@/engine/types';
import { sha256Hex } from '../sha256';

/** Objects with sorted keys, maps as objects; networks made here are known by their weights and config, not op by op. */
function canonical(value: unknown): unknown {
  if (value instanceof Map) return canonical(Object.fromEntries([...value].map(([k, v]) => [String(k), v])));
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === 'entries' && inner instanceof Map))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

/** SHA-256 over what a package does and the contents of its files; its title, licence and notes do not count. */
export function canonicalHash(
  description: Omit<PackageDescription, 'id'>,
  contents: string,
): Promise<string> {
  const { title: _, description: __, licence: ___, facts: ____, notices: _____, ...counts } = description;
  return sha256Hex(new TextEncoder().encode(`${contents}\n${JSON.stringify(canonical(counts))}`));
}
