import type { Catalog } from '@/engine';

/** Latent spaces known to a catalogue, in a stable order. */
export function spacesOf(catalog: Catalog): readonly string[] {
  const found = new Set<string>();
  for (const id of catalog.packages)
    for (const type of Object.values(catalog.ports(id) ?? {})) {
      const space = type.fields['space'];
      if (typeof space === 'string') found.add(space);
    }
  return [...found].toSorted();
}
