/**
 * Unification of terms: whether what a wire brings can be what an input wants,
 * and what that settles about the node's variables.
 *
 * - Variables without `@` belong to the node being solved and can be bound.
 *   Names with `@` (`H@load`) are *unknowns*: sizes that an earlier node's run
 *   will settle. They are carried on symbolically and never bound, so that two
 *   wires from one unknown still agree with each other.
 * - A variable bound to an {@link AtMostTerm} is an upper bound: each use must
 *   keep within it, uses need not be equal.
 * - Integer arithmetic is compared as polynomials; an equation with one own
 *   variable of degree 1 left is solved over integers ≥ 1. One that cannot be
 *   decided yet is `open`, and looked at again with the real sizes at run time.
 * - A {@link BroadcastTerm} takes 1, which settles nothing, or the size itself.
 */
import type { BroadcastTerm, Term } from '../types/term';
import { difference, polynomialOf, solve, termOf } from './polynomial';

/** What is known about one node's variables. */
export type Solution = Map<string, Term>;

/** `open`: not decidable yet. A mismatch has both sides as far as they were known. */
export type Outcome = 'equal' | 'open' | { readonly want: Term; readonly got: Term };

/** Whether a variable's name stands for a size that only the run will tell. */
export const isUnknown = (name: string): boolean => name.includes('@');
/** The unknown that stands for variable `name` of node `node` downstream of it. */
export const unknownOf = (name: string, node: string): Term => ({ var: `${name}@${node}` });

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** The term with everything known put in, in normal form. */
export function reduce(term: Term, solution: ReadonlyMap<string, Term>): Term {
  if (typeof term !== 'object') return term;
  if ('var' in term) return follow(term.var, solution);
  if ('set' in term) return { set: sorted(term.set) };
  if ('atMost' in term) return { atMost: sorted(term.atMost) };
  if ('within' in term) {
    const inner = reduce(term.within, solution);
    if (typeof inner !== 'object') return { within: inner };
    if ('set' in inner) return { atMost: inner.set };
    return 'atMost' in inner || 'within' in inner ? inner : { within: inner };
  }
  if ('broadcast' in term) {
    const size = reduce(term.broadcast, solution);
    return size === 1 || (typeof size === 'object' && 'broadcast' in size) ? size : { broadcast: size };
  }
  if ('union' in term) return reduceUnion(term.union, solution);
  if ('add' in term) return arithmetic({ add: term.add.map((part) => reduce(part, solution)) });
  return arithmetic({ mul: term.mul.map((part) => reduce(part, solution)) });
}

function follow(name: string, solution: ReadonlyMap<string, Term>): Term {
  const bound = isUnknown(name) ? undefined : solution.get(name);
  if (bound !== undefined && typeof bound !== 'object') return bound;
  // Bindings are stored reduced, but a variable inside one may have been bound since.
  return bound === undefined ? { var: name } : reduce(bound, solution);
}

function arithmetic(term: { readonly add: readonly Term[] } | { readonly mul: readonly Term[] }): Term {
  const known = 'add' in term ? sum(term.add) : product(term.mul);
  if (known !== undefined) return known;
  const polynomial = polynomialOf(term);
  return polynomial ? termOf(polynomial) : term;
}

/** The value when every part is a number that stays one. */
function sum(parts: readonly Term[]): number | undefined {
  let total = 0;
  for (const part of parts) {
    if (typeof part !== 'number') return undefined;
    total += part;
  }
  return Number.isSafeInteger(total) ? total : undefined;
}
function product(parts: readonly Term[]): number | undefined {
  let total = 1;
  for (const part of parts) {
    if (typeof part !== 'number') return undefined;
    total *= part;
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

function reduceUnion(parts: readonly Term[], solution: ReadonlyMap<string, Term>): Term {
  const known = new Set<string>();
  const open: Term[] = [];
  let bound = false;
  const take = (part: Term): void => {
    const term = reduce(part, solution);
    if (typeof term === 'object' && 'set' in term) for (const name of term.set) known.add(name);
    else if (typeof term === 'object' && 'atMost' in term) {
      bound = true;
      for (const name of term.atMost) known.add(name);
    } else if (typeof term === 'object' && 'union' in term) for (const inner of term.union) take(inner);
    else open.push(term);
  };
  for (const part of parts) take(part);
  if (open.length === 0) return bound ? { atMost: sorted(known) } : { set: sorted(known) };
  const unique = new Map(open.map((term) => [JSON.stringify(term), term]));
  const rest = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, term]) => term);
  if (bound) return reduce({ within: { union: [{ set: sorted(known) }, ...rest] } }, solution);
  if (known.size === 0 && rest.length === 1 && rest[0] !== undefined) return rest[0];
  return { union: known.size > 0 ? [{ set: sorted(known) }, ...rest] : rest };
}

/** Whether two reduced terms are the same. */
export function sameTerm(a: Term, b: Term): boolean {
  return (
    a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
  );
}

type SetLike =
  | { readonly names: ReadonlySet<string>; readonly exact: boolean; readonly open: boolean }
  | undefined;

/** The names a reduced term is known to hold (or be bounded by); undefined when it is no set. */
function setLike(term: Term): SetLike {
  if (typeof term !== 'object') return undefined;
  if ('set' in term) return { names: new Set(term.set), exact: true, open: false };
  if ('atMost' in term) return { names: new Set(term.atMost), exact: false, open: false };
  if ('within' in term) return { names: new Set(), exact: false, open: true };
  if ('union' in term) {
    const names = term.union.flatMap((part) => (typeof part === 'object' && 'set' in part ? part.set : []));
    return { names: new Set(names), exact: true, open: true };
  }
  return undefined;
}

const subset = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].every((x) => b.has(x));

function ownVariable(term: Term): string | undefined {
  return typeof term === 'object' && 'var' in term && !isUnknown(term.var) ? term.var : undefined;
}

/**
 * Makes `want` and `got` one under `solution`, which learns what that settles.
 * Symmetric: exchanging the sides exchanges `want` and `got` of a mismatch and nothing else.
 */
export function unify(want: Term, got: Term, solution: Solution): Outcome {
  // Nearly every field is a literal, or a variable that meets one: decided without a normal form.
  if (typeof got !== 'object') {
    const known =
      typeof want === 'object' && 'var' in want && !isUnknown(want.var) ? solution.get(want.var) : want;
    if (known === undefined && typeof want === 'object' && 'var' in want) {
      solution.set(want.var, got);
      return 'equal';
    }
    if (known === got) return 'equal';
  }
  const w = reduce(want, solution);
  const g = reduce(got, solution);
  if (sameTerm(w, g)) return 'equal';
  const wantVariable = ownVariable(w);
  const gotVariable = ownVariable(g);
  if (wantVariable !== undefined && gotVariable !== undefined) {
    // The same one is kept whichever side it stands on.
    const [kept, other] = wantVariable < gotVariable ? [w, gotVariable] : [g, wantVariable];
    solution.set(other, kept);
    return 'equal';
  }
  if (isBroadcast(w)) return isBroadcast(g) ? 'open' : unifyBroadcast(w, g, solution, w, g);
  if (isBroadcast(g)) return unifyBroadcast(g, w, solution, w, g);
  if (wantVariable !== undefined && !mentions(g, wantVariable)) return bind(wantVariable, g, solution);
  if (gotVariable !== undefined && !mentions(w, gotVariable)) return bind(gotVariable, w, solution);

  const wantSet = setLike(w);
  const gotSet = setLike(g);
  if (wantSet && gotSet) return unifySets(w, g, wantSet, gotSet, want, got, solution);
  if (wantSet || gotSet) return isUndecided(wantSet ? g : w) ? 'open' : { want: w, got: g };

  const wantSize = polynomialOf(w);
  const gotSize = polynomialOf(g);
  if (!wantSize || !gotSize) {
    // A name against a lone unknown may still fit; against a number or a sum of sizes it never does.
    return isUndecided(w) || isUndecided(g) ? 'open' : { want: w, got: g };
  }
  const rest = difference(wantSize, gotSize);
  if (!rest) return 'open';
  const root = solve(rest);
  if (root.kind === 'never') return { want: w, got: g };
  if (root.kind === 'identity') return 'equal';
  if (root.kind === 'solved' && !isUnknown(root.variable)) {
    solution.set(root.variable, root.value);
    return 'equal';
  }
  return 'open';
}

const isBroadcast = (term: Term): term is BroadcastTerm => typeof term === 'object' && 'broadcast' in term;

/** `size` against a batch that is broadcast, in whichever order they are wanted and got. */
function unifyBroadcast(
  { broadcast }: BroadcastTerm,
  size: Term,
  solution: Solution,
  want: Term,
  got: Term,
): Outcome {
  if (size === 1 || sameTerm(broadcast, size)) return 'equal';
  // What is not known yet may still turn out to be 1.
  if (typeof size === 'object' && !setLike(size)) return 'open';
  const outcome = typeof size === 'number' ? unify(broadcast, size, solution) : undefined;
  return typeof outcome === 'string' ? outcome : { want, got };
}

/** A lone unknown: may turn out to be anything. */
function isUndecided(term: Term): boolean {
  return typeof term === 'object' && 'var' in term;
}

function bind(name: string, term: Term, solution: Solution): Outcome {
  // `within(x)` with x unknown says nothing that could be kept.
  if (typeof term === 'object' && 'within' in term) return 'open';
  solution.set(name, term);
  return 'equal';
}

function unifySets(
  w: Term,
  g: Term,
  wantSet: NonNullable<SetLike>,
  gotSet: NonNullable<SetLike>,
  want: Term,
  got: Term,
  solution: Solution,
): Outcome {
  const mismatch = { want: w, got: g };
  if (wantSet.exact && gotSet.exact) {
    if (!wantSet.open && !gotSet.open) return mismatch; // equal ones were found before
    if (!wantSet.open && !subset(gotSet.names, wantSet.names)) return mismatch;
    if (!gotSet.open && !subset(wantSet.names, gotSet.names)) return mismatch;
    return 'open';
  }
  if (!wantSet.exact && !gotSet.exact) {
    if (wantSet.open || gotSet.open) return 'open';
    // Both bounds hold from now on, whichever variable they were known by.
    const both: Term = { atMost: sorted([...wantSet.names].filter((name) => gotSet.names.has(name))) };
    for (const side of [want, got]) {
      const name = rootVariable(side, solution);
      if (name !== undefined) solution.set(name, both);
    }
    return 'equal';
  }
  const [exact, bound] = wantSet.exact ? [wantSet, gotSet] : [gotSet, wantSet];
  if (bound.open) return 'open';
  if (!subset(exact.names, bound.names)) return mismatch;
  return exact.open ? 'open' : 'equal';
}

/** The last variable of the chain that `term` (a variable) is bound through. */
function rootVariable(term: Term, solution: ReadonlyMap<string, Term>): string | undefined {
  let name = ownVariable(term);
  for (;;) {
    const next: Term | undefined = name === undefined ? undefined : solution.get(name);
    const further = next === undefined ? undefined : ownVariable(next);
    if (further === undefined) return name;
    name = further;
  }
}

/** Whether `name` occurs in the term. */
export function mentions(term: Term, name: string): boolean {
  if (typeof term !== 'object') return false;
  if ('var' in term) return term.var === name;
  if ('add' in term) return term.add.some((part) => mentions(part, name));
  if ('mul' in term) return term.mul.some((part) => mentions(part, name));
  if ('union' in term) return term.union.some((part) => mentions(part, name));
  if ('broadcast' in term) return mentions(term.broadcast, name);
  return 'within' in term && mentions(term.within, name);
}

/** The term with every variable's name changed. */
export function rename(term: Term, change: (name: string) => Term): Term {
  if (typeof term !== 'object') return term;
  if ('var' in term) return change(term.var);
  if ('add' in term) return { add: term.add.map((part) => rename(part, change)) };
  if ('mul' in term) return { mul: term.mul.map((part) => rename(part, change)) };
  if ('union' in term) return { union: term.union.map((part) => rename(part, change)) };
  if ('within' in term) return { within: rename(term.within, change) };
  if ('broadcast' in term) return { broadcast: rename(term.broadcast, change) };
  return term;
}
