/** What is said of a port's field, in the reader's language. */
import type { Phrase } from '@/engine';

/** The catalogue's `expression` namespace. */
type Translate = (
  key: 'any' | 'nothing' | 'and' | 'at-most' | 'one-or' | 'together' | 'multiple' | 'least' | 'unknown',
  values?: Record<string, string>,
) => string;

/** @param titleOf what a node of the document is called, by id */
export function expressionText(phrase: Phrase, t: Translate, titleOf: (id: string) => string): string {
  const text = (part: Phrase): string => expressionText(part, t, titleOf);
  switch (phrase.is) {
    case 'text':
      return phrase.text;
    case 'names': {
      const [last = t('nothing'), ...before] = phrase.names.toReversed();
      return before.length === 0 ? last : t('and', { list: before.toReversed().join(', '), last });
    }
    case 'at-most':
    case 'one-or':
      return t(phrase.is, { of: text(phrase.of) });
    case 'group':
      return `(${text(phrase.of)})`;
    case 'together':
      return phrase.of.map(text).reduce((list, last) => t('together', { list, last }));
    case 'product':
      return phrase.of.map(text).join(' × ');
    case 'sum':
      return phrase.of.map(text).join(' + ');
    case 'multiple':
    case 'least':
      return t(phrase.is, { of: String(phrase.of) });
    case 'any':
      return t('any');
    case 'unknown':
      return t('unknown', { node: titleOf(phrase.node) });
    default:
      return phrase satisfies never;
  }
}
