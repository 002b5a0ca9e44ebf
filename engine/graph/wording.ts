/** What findings say, in English sentences that name the place. */
import type { Term } from '../types/term';
import { polynomialOf, type Monomial } from './polynomial';
import { isUnknown } from './unify';

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

const list = (names: readonly string[]): string =>
  names.length === 0
    ? 'nothing'
    : names.length === 1
      ? (names[0] ?? '')
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** A term for people: `text and class`, `at most class`, `a multiple of 8`, `256`. */
export function describeTerm(term: Term): string {
  if (typeof term !== 'object') return String(term);
  if ('set' in term) return list(term.set);
  if ('atMost' in term) return term.atMost.length === 0 ? 'nothing' : `at most ${list(term.atMost)}`;
  if ('within' in term) return `at most ${describeTerm(term.within)}`;
  if ('union' in term) return term.union.map(describeTerm).join(' together with ');
  if ('broadcast' in term) return `1 or ${describeTerm(term.broadcast)}`;
  if ('var' in term) return variable(term.var);
  const polynomial = polynomialOf(term);
  const monomials = [...(polynomial?.values() ?? [])];
  const [only] = monomials;
  if (monomials.length === 1 && only && only.variables.length === 1 && only.factor > 1)
    return `a multiple of ${only.factor}`;
  const least = leastOf(monomials);
  if (least !== undefined) return `at least ${least}`;
  return 'mul' in term ? term.mul.map(factor).join(' × ') : term.add.map(factor).join(' + ');
}

/** Of a sum of one own variable, which is at least 1, and a number. */
function leastOf(monomials: readonly Monomial[]): number | undefined {
  const [size] = monomials.filter(({ variables }) => variables.length > 0);
  const [offset] = monomials.filter(({ variables }) => variables.length === 0);
  const [name = '@', ...more] = size?.variables ?? [];
  const isLone = monomials.length === 2 && more.length === 0 && size?.factor === 1 && !isUnknown(name);
  return isLone && offset && offset.factor > 0 ? offset.factor + 1 : undefined;
}

function variable(name: string): string {
  if (!isUnknown(name)) return 'any';
  return `a size that only running “${name.slice(name.indexOf('@') + 1)}” will tell`;
}
function factor(term: Term): string {
  if (typeof term !== 'object') return String(term);
  if ('var' in term) return isUnknown(term.var) ? term.var.slice(0, term.var.indexOf('@')) : term.var;
  return `(${describeTerm(term)})`;
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
