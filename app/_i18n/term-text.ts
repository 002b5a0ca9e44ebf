/** What is said of a port's field, in the reader's language. */
import type { TermWords } from '@/engine';

/** The catalogue's `term` namespace. */
type Translate = (
  key: 'any' | 'nothing' | 'and' | 'at-most' | 'one-or' | 'together' | 'multiple' | 'least' | 'unknown',
  values?: Record<string, string>,
) => string;

/** @param titleOf what a node of the document is called, by id */
export function termText(words: TermWords, t: Translate, titleOf: (id: string) => string): string {
  const text = (part: TermWords): string => termText(part, t, titleOf);
  switch (words.says) {
    case 'text':
      return words.text;
    case 'names': {
      const [last = t('nothing'), ...before] = words.names.toReversed();
      return before.length === 0 ? last : t('and', { list: before.toReversed().join(', '), last });
    }
    case 'at-most':
    case 'one-or':
      return t(words.says, { of: text(words.of) });
    case 'group':
      return `(${text(words.of)})`;
    case 'together':
      return words.of.map(text).reduce((list, last) => t('together', { list, last }));
    case 'product':
      return words.of.map(text).join(' × ');
    case 'sum':
      return words.of.map(text).join(' + ');
    case 'multiple':
    case 'least':
      return t(words.says, { of: String(words.of) });
    case 'any':
      return t('any');
    case 'unknown':
      return t('unknown', { node: titleOf(words.node) });
    default:
      return words satisfies never;
  }
}
