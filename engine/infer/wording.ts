/** What diagnostics say, in English sentences that name the place. */
import { getOwn } from '../types/get-own';
import type { FieldName } from '../types/kinds/kind';
import type { TypeExpression } from '../types/type-expression';
import { polynomialOf, type Monomial } from '../solver/polynomial';
import { isUnknown } from '../solver/unify';

/** What each field is called in a sentence. */
const words: Readonly<Record<FieldName | 'kind', string>> = {
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
  guidance: 'way of guidance',
  image: 'use of its image channels',
  for: 'conditioner',
  labels: 'set of map labels',
  type: 'type of first stage',
  size: 'codebook size',
};
export const fieldName = (field: string): string => getOwn<string>(words, field) ?? field;

/** What there is to say about an expression, whatever the language: the editor words it from its catalogue. */
export type Phrase =
  | { readonly is: 'text'; readonly text: string }
  /** No name: nothing. */
  | { readonly is: 'names'; readonly names: readonly string[] }
  | { readonly is: 'at-most' | 'one-or' | 'group'; readonly of: Phrase }
  | { readonly is: 'together' | 'product' | 'sum'; readonly of: readonly Phrase[] }
  | { readonly is: 'multiple' | 'least'; readonly of: number }
  | { readonly is: 'any' }
  /** Only running this node tells. */
  | { readonly is: 'unknown'; readonly node: string };

/** What an expression says to people. */
export function phraseOf(expression: TypeExpression): Phrase {
  if (typeof expression !== 'object') return { is: 'text', text: String(expression) };
  if ('set' in expression) return { is: 'names', names: expression.set };
  if ('atMost' in expression) {
    const names: Phrase = { is: 'names', names: expression.atMost };
    return expression.atMost.length === 0 ? names : { is: 'at-most', of: names };
  }
  if ('within' in expression) return { is: 'at-most', of: phraseOf(expression.within) };
  if ('union' in expression) return { is: 'together', of: expression.union.map(phraseOf) };
  if ('broadcast' in expression) return { is: 'one-or', of: phraseOf(expression.broadcast) };
  if ('var' in expression) return variable(expression.var);
  const polynomial = polynomialOf(expression);
  const monomials = [...(polynomial?.values() ?? [])];
  const [only] = monomials;
  if (monomials.length === 1 && only && only.variables.length === 1 && only.factor > 1)
    return { is: 'multiple', of: only.factor };
  const least = leastOf(monomials);
  if (least !== undefined) return { is: 'least', of: least };
  return 'mul' in expression
    ? { is: 'product', of: expression.mul.map(factor) }
    : { is: 'sum', of: expression.add.map(factor) };
}

const list = (names: readonly string[]): string =>
  names.length === 0
    ? 'nothing'
    : names.length === 1
      ? (names[0] ?? '')
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** An expression in English: `text and class`, `at most class`, `a multiple of 8`, `256`. */
export const describeExpression = (expression: TypeExpression): string => inEnglish(phraseOf(expression));

function inEnglish(phrase: Phrase): string {
  switch (phrase.is) {
    case 'text':
      return phrase.text;
    case 'names':
      return list(phrase.names);
    case 'at-most':
      return `at most ${inEnglish(phrase.of)}`;
    case 'one-or':
      return `1 or ${inEnglish(phrase.of)}`;
    case 'group':
      return `(${inEnglish(phrase.of)})`;
    case 'together':
      return phrase.of.map(inEnglish).join(' together with ');
    case 'product':
      return phrase.of.map(inEnglish).join(' × ');
    case 'sum':
      return phrase.of.map(inEnglish).join(' + ');
    case 'multiple':
      return `a multiple of ${phrase.of}`;
    case 'least':
      return `at least ${phrase.of}`;
    case 'any':
      return 'any';
    case 'unknown':
      return `a size that only running “${phrase.node}” will tell`;
    default:
      return phrase satisfies never;
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

function variable(name: string): Phrase {
  if (!isUnknown(name)) return { is: 'any' };
  return { is: 'unknown', node: name.slice(name.indexOf('@') + 1) };
}
function factor(expression: TypeExpression): Phrase {
  if (typeof expression !== 'object') return { is: 'text', text: String(expression) };
  if ('var' in expression)
    return {
      is: 'text',
      text: isUnknown(expression.var) ? expression.var.slice(0, expression.var.indexOf('@')) : expression.var,
    };
  return { is: 'group', of: phraseOf(expression) };
}

/** How a node is named in messages: what it is and its id. */
export const nodeName = (id: string, title: string | undefined): string =>
  title ? `“${title}” (${id})` : `“${id}”`;

/** e.g. `The latent space of the edge from “Encode” (encode) to “Sampler” (sampler), input latent, is loom-vq-f8, but loom-kl-f8 is wanted.` */
export function mismatchSentence(
  from: { readonly name: string; readonly port: string },
  to: { readonly name: string; readonly port: string },
  path: string,
  got: TypeExpression,
  want: TypeExpression,
): string {
  const connection = `output ${from.port} of ${from.name} does not fit input ${to.port} of ${to.name}`;
  return `The ${connection}: its ${fieldName(path)} is ${describeExpression(got)}, but ${describeExpression(want)} is wanted.`;
}
