/**
 * Unification of expressions: whether what an edge brings can be what an input wants,
 * and what that settles about the node's variables.
 *
 * - Variables without `@` belong to the node being solved and can be bound.
 *   Names with `@` (`H@load`) are *unknowns*: sizes that an earlier node's run
 *   will settle. They are carried on symbolically and never bound, so that two
 *   edges from one unknown still agree with each other.
 * - A variable bound to an {@link AtMostExpression} is an upper bound: each use must
 *   keep within it, uses need not be equal.
 * - Integer arithmetic is compared as polynomials; an equation with one own
 *   variable of degree 1 left is solved over integers ≥ 1. One that cannot be
 *   decided yet is `open`, and looked at again with the real sizes at run time.
 * - A {@link BroadcastExpression} takes 1, which settles nothing, or the size itself.
 */
import type { BroadcastExpression, TypeExpression } from '../types/type-expression';
import { difference, polynomialOf, solve, expressionOf } from './polynomial';

/** What is known about one node's variables. */
export type Solution = Map<string, TypeExpression>;

/** `open`: not decidable yet. A mismatch has both sides as far as they were known. */
export type Outcome = 'equal' | 'open' | { readonly want: TypeExpression; readonly got: TypeExpression };

/** Whether a variable's name stands for a size that only the run will tell. */
export const isUnknown = (name: string): boolean => name.includes('@');
/** The unknown that stands for variable `name` of node `node` downstream of it. */
export const unknownOf = (name: string, node: string): TypeExpression => ({ var: `${name}@${node}` });

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** The expression with everything known put in, in normal form. */
export function reduce(
  expression: TypeExpression,
  solution: ReadonlyMap<string, TypeExpression>,
): TypeExpression {
  if (typeof expression !== 'object') return expression;
  if ('var' in expression) return follow(expression.var, solution);
  if ('set' in expression) return { set: sorted(expression.set) };
  if ('atMost' in expression) return { atMost: sorted(expression.atMost) };
  if ('within' in expression) {
    const inner = reduce(expression.within, solution);
    if (typeof inner !== 'object') return { within: inner };
    if ('set' in inner) return { atMost: inner.set };
    return 'atMost' in inner || 'within' in inner ? inner : { within: inner };
  }
  if ('broadcast' in expression) {
    const size = reduce(expression.broadcast, solution);
    return size === 1 || (typeof size === 'object' && 'broadcast' in size) ? size : { broadcast: size };
  }
  if ('union' in expression) return reduceUnion(expression.union, solution);
  if ('add' in expression) return arithmetic({ add: expression.add.map((part) => reduce(part, solution)) });
  return arithmetic({ mul: expression.mul.map((part) => reduce(part, solution)) });
}

function follow(name: string, solution: ReadonlyMap<string, TypeExpression>): TypeExpression {
  const bound = isUnknown(name) ? undefined : solution.get(name);
  if (bound !== undefined && typeof bound !== 'object') return bound;
  // Bindings are stored reduced, but a variable inside one may have been bound since.
  return bound === undefined ? { var: name } : reduce(bound, solution);
}

function arithmetic(
  expression: { readonly add: readonly TypeExpression[] } | { readonly mul: readonly TypeExpression[] },
): TypeExpression {
  const known = 'add' in expression ? sum(expression.add) : product(expression.mul);
  if (known !== undefined) return known;
  const polynomial = polynomialOf(expression);
  return polynomial ? expressionOf(polynomial) : expression;
}

/** The value when every part is a number that stays one. */
function sum(parts: readonly TypeExpression[]): number | undefined {
  let total = 0;
  for (const part of parts) {
    if (typeof part !== 'number') return undefined;
    total += part;
  }
  return Number.isSafeInteger(total) ? total : undefined;
}
function product(parts: readonly TypeExpression[]): number | undefined {
  let total = 1;
  for (const part of parts) {
    if (typeof part !== 'number') return undefined;
    total *= part;
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

function reduceUnion(
  parts: readonly TypeExpression[],
  solution: ReadonlyMap<string, TypeExpression>,
): TypeExpression {
  const known = new Set<string>();
  const open: TypeExpression[] = [];
  let bound = false;
  const take = (part: TypeExpression): void => {
    const expression = reduce(part, solution);
    if (typeof expression === 'object' && 'set' in expression)
      for (const name of expression.set) known.add(name);
    else if (typeof expression === 'object' && 'atMost' in expression) {
      bound = true;
      for (const name of expression.atMost) known.add(name);
    } else if (typeof expression === 'object' && 'union' in expression)
      for (const inner of expression.union) take(inner);
    else open.push(expression);
  };
  for (const part of parts) take(part);
  if (open.length === 0) return bound ? { atMost: sorted(known) } : { set: sorted(known) };
  const unique = new Map(open.map((expression) => [JSON.stringify(expression), expression]));
  const rest = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, expression]) => expression);
  if (bound) return reduce({ within: { union: [{ set: sorted(known) }, ...rest] } }, solution);
  if (known.size === 0 && rest.length === 1 && rest[0] !== undefined) return rest[0];
  return { union: known.size > 0 ? [{ set: sorted(known) }, ...rest] : rest };
}

/** Whether two reduced expressions are the same. */
export function sameExpression(a: TypeExpression, b: TypeExpression): boolean {
  return (
    a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
  );
}

type SetLike =
  | { readonly names: ReadonlySet<string>; readonly exact: boolean; readonly open: boolean }
  | undefined;

/** The names a reduced expression is known to hold (or be bounded by); undefined when it is no set. */
function setLike(expression: TypeExpression): SetLike {
  if (typeof expression !== 'object') return undefined;
  if ('set' in expression) return { names: new Set(expression.set), exact: true, open: false };
  if ('atMost' in expression) return { names: new Set(expression.atMost), exact: false, open: false };
  if ('within' in expression) return { names: new Set(), exact: false, open: true };
  if ('union' in expression) {
    const names = expression.union.flatMap((part) =>
      typeof part === 'object' && 'set' in part ? part.set : [],
    );
    return { names: new Set(names), exact: true, open: true };
  }
  return undefined;
}

const subset = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].every((x) => b.has(x));

function ownVariable(expression: TypeExpression): string | undefined {
  return typeof expression === 'object' && 'var' in expression && !isUnknown(expression.var)
    ? expression.var
    : undefined;
}

/**
 * Makes `want` and `got` one under `solution`, which learns what that settles.
 * Symmetric: exchanging the sides exchanges `want` and `got` of a mismatch and nothing else.
 */
export function unify(want: TypeExpression, got: TypeExpression, solution: Solution): Outcome {
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
  if (sameExpression(w, g)) return 'equal';
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

const isBroadcast = (expression: TypeExpression): expression is BroadcastExpression =>
  typeof expression === 'object' && 'broadcast' in expression;

/** `size` against a batch that is broadcast, in whichever order they are wanted and got. */
function unifyBroadcast(
  { broadcast }: BroadcastExpression,
  size: TypeExpression,
  solution: Solution,
  want: TypeExpression,
  got: TypeExpression,
): Outcome {
  if (size === 1 || sameExpression(broadcast, size)) return 'equal';
  // What is not known yet may still turn out to be 1.
  if (typeof size === 'object' && !setLike(size)) return 'open';
  const outcome = typeof size === 'number' ? unify(broadcast, size, solution) : undefined;
  return typeof outcome === 'string' ? outcome : { want, got };
}

/** A lone unknown: may turn out to be anything. */
function isUndecided(expression: TypeExpression): boolean {
  return typeof expression === 'object' && 'var' in expression;
}

function bind(name: string, expression: TypeExpression, solution: Solution): Outcome {
  // `within(x)` with x unknown says nothing that could be kept.
  if (typeof expression === 'object' && 'within' in expression) return 'open';
  solution.set(name, expression);
  return 'equal';
}

function unifySets(
  w: TypeExpression,
  g: TypeExpression,
  wantSet: NonNullable<SetLike>,
  gotSet: NonNullable<SetLike>,
  want: TypeExpression,
  got: TypeExpression,
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
    const both: TypeExpression = {
      atMost: sorted([...wantSet.names].filter((name) => gotSet.names.has(name))),
    };
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

/** The last variable of the chain that `expression` (a variable) is bound through. */
function rootVariable(
  expression: TypeExpression,
  solution: ReadonlyMap<string, TypeExpression>,
): string | undefined {
  let name = ownVariable(expression);
  for (;;) {
    const next: TypeExpression | undefined = name === undefined ? undefined : solution.get(name);
    const further = next === undefined ? undefined : ownVariable(next);
    if (further === undefined) return name;
    name = further;
  }
}

/** Whether `name` occurs in the expression. */
export function mentions(expression: TypeExpression, name: string): boolean {
  if (typeof expression !== 'object') return false;
  if ('var' in expression) return expression.var === name;
  if ('add' in expression) return expression.add.some((part) => mentions(part, name));
  if ('mul' in expression) return expression.mul.some((part) => mentions(part, name));
  if ('union' in expression) return expression.union.some((part) => mentions(part, name));
  if ('broadcast' in expression) return mentions(expression.broadcast, name);
  return 'within' in expression && mentions(expression.within, name);
}

/** The expression with every variable's name changed. */
export function rename(expression: TypeExpression, change: (name: string) => TypeExpression): TypeExpression {
  if (typeof expression !== 'object') return expression;
  if ('var' in expression) return change(expression.var);
  if ('add' in expression) return { add: expression.add.map((part) => rename(part, change)) };
  if ('mul' in expression) return { mul: expression.mul.map((part) => rename(part, change)) };
  if ('union' in expression) return { union: expression.union.map((part) => rename(part, change)) };
  if ('within' in expression) return { within: rename(expression.within, change) };
  if ('broadcast' in expression) return { broadcast: rename(expression.broadcast, change) };
  return expression;
}
