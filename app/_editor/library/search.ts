/** Search over node types: name, category, port kinds and the names of other tools, in the reader's language and in English. */
import type { AnyNode } from '@/engine';
import type { NodeLabels } from '../../_i18n/node-labels';

export interface Hit {
  readonly definition: AnyNode;
  readonly score: number;
  /** The alias that matched, when the title did not. */
  readonly alias: string | undefined;
}

const fold = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/**
 * How well `query` is found in `text`, 0…1: whole words and beginnings count
 * more than letters in between. Letters must come in order.
 */
export function match(query: string, text: string): number {
  const wanted = fold(query).replaceAll(/\s+/g, '');
  const found = fold(text);
  if (wanted === '') return 1;
  // "unet" is "U-Net": signs between letters are no letters.
  if (found.replaceAll(/[^\p{L}\p{N}]/gu, '') === wanted) return found === wanted ? 1 : 0.97;
  const at = found.indexOf(fold(query).trim());
  if (at === 0) return found.length === wanted.length ? 1 : 0.95;
  if (at > 0) return /[^\p{L}\p{N}]/u.test(found[at - 1] ?? '') ? 0.9 : 0.8;
  let score = 0;
  let position = -1;
  for (const letter of wanted) {
    const next = found.indexOf(letter, position + 1);
    if (next < 0) return 0;
    const begins = next === 0 || /[^\p{L}\p{N}]/u.test(found[next - 1] ?? '');
    score += begins ? 1 : next === position + 1 ? 0.8 : 0.25;
    position = next;
  }
  const share = score / wanted.length;
  return share < 0.55 ? 0 : share * 0.65;
}

/** Nodes for a query, best first. An empty query gives all in their order. */
export function searchNodes(definitions: readonly AnyNode[], query: string, labels: NodeLabels): Hit[] {
  const trimmed = query.trim();
  return definitions
    .map((definition, order) => {
      const title = Math.max(
        match(trimmed, labels.title(definition, '')),
        match(trimmed, definition.title) * 0.98,
      );
      const aliases = (definition.aliases ?? []).map((alias) => ({
        alias,
        score: match(trimmed, alias) * 0.92,
      }));
      const alias = aliases.toSorted((a, b) => b.score - a.score)[0];
      const kinds = [...Object.values(definition.inputs), ...Object.values(definition.outputs)].map(
        (port) => port.type.kind,
      );
      const other = Math.max(
        match(trimmed, definition.category) * 0.6,
        ...kinds.map((kind) => match(trimmed, kind) * 0.5),
        0,
      );
      const best = Math.max(title, alias?.score ?? 0, other);
      return {
        definition,
        order,
        score: best,
        alias:
          trimmed !== '' && alias !== undefined && alias.score > title && alias.score >= other
            ? alias.alias
            : undefined,
      };
    })
    .filter((hit) => hit.score > 0)
    .toSorted((a, b) => b.score - a.score || a.order - b.order);
}
