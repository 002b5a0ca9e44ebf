/** What findings say, in English sentences that name the place. */
import type { Term } from '../types/term';
import { polynomialOf, type Monomial } from '../solver/polynomial';
import { isUnknown } from '../solver/unify';

/** What each field is called in a sentence. */
const fieldNames: Readonly<Record<string, string>> = {
  kind: 'kind of value',
  space: 'latent space',
  channels: 'number of channels',
  factor: 'scale (pixels per latent cell)',
  batch: 'batch size',
  height: 'height',
  width: 'width',
  multiple: 'number that its sides are multiples of',
  onlyHeight: 'only height that its graph takes',
  onlyWidth: 'only width that its graph takes',
  parts: 'conditioning',
  accepts: 'accepted conditioning',
  for: 'conditioner',
  labels: 'set of map labels',
  type: 'type of first stage',
  size: 'codebook size',
};
export const fieldName = (field: string): string => fieldNames[field] ?? field;

/** What there is to say about a term, whatever the language: the editor words it from its catalogue. */
export type TermWords =
  | { readonly says: 'text'; readonly text: string }
  /** No name: nothing. */
  | { readonly says: 'names'; readonly names: readonly string[] }
  | { readonly says: 'at-most' | 'one-or' | 'group'; readonly of: TermWords }
  | { readonly says: 'together' | 'product' | 'sum'; readonly of: readonly TermWords[] }
  | { readonly says: 'multiple' | 'least'; readonly of: number }
  | { readonly says: 'any' }
  /** Only running this node tells. */
  | { readonly says: 'unknown'; readonly node: string };

/** What a term says to people. */
export function wordsOf(term: Term): TermWords {
  if (typeof term !== 'object') return { says: 'text', text: String(term) };
  if ('set' in term) return { says: 'names', names: term.set };
  if ('atMost' in term) {
    const names: TermWords = { says: 'names', names: term.atMost };
    return term.atMost.length === 0 ? names : { says: 'at-most', of: names };
  }
  if ('within' in term) return { says: 'at-most', of: wordsOf(term.within) };
  if ('union' in term) return { says: 'together', of: term.union.map(wordsOf) };
  if ('broadcast' in term) return { says: 'one-or', of: wordsOf(term.broadcast) };
  if ('var' in term) return variable(term.var);
  const polynomial = polynomialOf(term);
  const monomials = [...(polynomial?.values() ?? [])];
  const [only] = monomials;
  if (monomials.length === 1 && only && only.variables.length === 1 && only.factor > 1)
    return { says: 'multiple', of: only.factor };
  const least = leastOf(monomials);
  if (least !== undefined) return { says: 'least', of: least };
  return 'mul' in term
    ? { says: 'product', of: term.mul.map(factor) }
    : { says: 'sum', of: term.add.map(factor) };
}

const list = (names: readonly string[]): string =>
  names.length === 0
    ? 'nothing'
    : names.length === 1
      ? (names[0] ?? '')
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** A term in English: `text and class`, `at most class`, `a multiple of 8`, `256`. */
export const describeTerm = (term: Term): string => inEnglish(wordsOf(term));

function inEnglish(words: TermWords): string {
  switch (words.says) {
    case 'text':
      return words.text;
    case 'names':
      return list(words.names);
    case 'at-most':
      return `at most ${inEnglish(words.of)}`;
    case 'one-or':
      return `1 or ${inEnglish(words.of)}`;
    case 'group':
      return `(${inEnglish(words.of)})`;
    case 'together':
      return words.of.map(inEnglish).join(' together with ');
    case 'product':
      return words.of.map(inEnglish).join(' × ');
    case 'sum':
      return words.of.map(inEnglish).join(' + ');
    case 'multiple':
      return `a multiple of ${words.of}`;
    case 'least':
      return `at least ${words.of}`;
    case 'any':
      return 'any';
    case 'unknown':
      return `a size that only running “${words.node}” will tell`;
    default:
      return words satisfies never;
  }
}

/** Of a sum of one own variable, which is at least 1, and a number. */
function leastOf(monomials: readonly Monomial[]): number | undefined {
  const [size] = monomials.filter(({ variables }) => variables.length > 0);
  const [offset] = monomials.filter(({ variables }) => variables.length === 0);
  const [name = '@', ...more] = size?.variables ?? [];
  const isLone = monomials.length === 2 && more.length === 0 && size?.factor === 1 && !isUnknown(name);
  return isLone && offset && offset.factor > 0 ? offset.factor + 1 : undefined;
}

function variable(name: string): TermWords {
  if (!isUnknown(name)) return { says: 'any' };
  return { says: 'unknown', node: name.slice(name.indexOf('@') + 1) };
}
function factor(term: Term): TermWords {
  if (typeof term !== 'object') return { says: 'text', text: String(term) };
  if ('var' in term)
    return { says: 'text', text: isUnknown(term.var) ? term.var.slice(0, term.var.indexOf('@')) : term.var };
  return { says: 'group', of: wordsOf(term) };
}

/** How a node is named in messages: what it is and its id. */
export const nodeName = (id: string, title: string | undefined): string =>
  title ? `“${title}” (${id})` : `“${id}”`;

/** e.g. `The latent space of the wire from “Encode” (encode) to “Sampler” (sampler), input latent, is loom-vq-f8, but loom-kl-f8 is wanted.` */
export function mismatchSentence(
  from: { readonly name: string; readonly port: string },
  to: { readonly name: string; readonly port: string },
  path: string,
  got: Term,
  want: Term,
): string {
  const wire = `output ${from.port} of ${from.name} does not fit input ${to.port} of ${to.name}`;
  return `The ${wire}: its ${fieldName(path)} is ${describeTerm(got)}, but ${describeTerm(want)} is wanted.`;
}
