/**
 * Integer polynomials over variables: the normal form of size arithmetic, so
 * that `8·h + 8·k` and `8·(k + h)` compare equal and `f·h = 256` can be solved.
 */
import type { TypeExpression } from '../types/type-expression';

/** Monomials with their coefficients; a monomial is its sorted variables, the constant is the empty list. No zero coefficients. */
export type Polynomial = ReadonlyMap<string, Monomial>;
export interface Monomial {
  readonly variables: readonly string[];
  readonly factor: number;
}

/** Beyond this many monomials arithmetic is left undone: nodes have a handful. */
const limit = 64;

const keyOf = (variables: readonly string[]): string =>
  variables.length === 0 ? '' : JSON.stringify(variables);

function collect(monomials: Iterable<Monomial>): Polynomial | undefined {
  const sum = new Map<string, Monomial>();
  for (const { variables, factor } of monomials) {
    const key = keyOf(variables);
    const total = (sum.get(key)?.factor ?? 0) + factor;
    if (!Number.isSafeInteger(total)) return undefined;
    if (total === 0) sum.delete(key);
    else sum.set(key, { variables, factor: total });
  }
  return sum.size > limit ? undefined : sum;
}

const constant = (value: number): Polynomial =>
  value === 0 ? new Map() : new Map([[keyOf([]), { variables: [], factor: value }]]);

/** a·b; undefined when it grows out of hand or leaves the safe integers. */
function product(a: Polynomial, b: Polynomial): Polynomial | undefined {
  const parts: Monomial[] = [];
  for (const x of a.values())
    for (const y of b.values())
      parts.push({ variables: [...x.variables, ...y.variables].sort(), factor: x.factor * y.factor });
  return collect(parts);
}

/** An expression as a polynomial; undefined when it is no integer arithmetic (a name, a set, a fraction). */
export function polynomialOf(expression: TypeExpression): Polynomial | undefined {
  if (typeof expression === 'number')
    return Number.isSafeInteger(expression) ? constant(expression) : undefined;
  if (typeof expression !== 'object') return undefined;
  if ('var' in expression)
    return new Map([[keyOf([expression.var]), { variables: [expression.var], factor: 1 }]]);
  if ('add' in expression) {
    const parts: Monomial[] = [];
    for (const part of expression.add) {
      const polynomial = polynomialOf(part);
      if (!polynomial) return undefined;
      parts.push(...polynomial.values());
    }
    return collect(parts);
  }
  if ('mul' in expression) {
    let result: Polynomial | undefined = constant(1);
    for (const part of expression.mul) {
      const factor = polynomialOf(part);
      if (!factor || !result) return undefined;
      result = product(result, factor);
    }
    return result;
  }
  return undefined;
}

/** a − b. */
export function difference(a: Polynomial, b: Polynomial): Polynomial | undefined {
  return collect([...a.values(), ...[...b.values()].map((m) => ({ ...m, factor: -m.factor }))]);
}

/** The polynomial as the simplest expression: a number, a variable, a product, or a sum; monomials in a fixed order. */
export function expressionOf(polynomial: Polynomial): TypeExpression {
  const parts = [...polynomial.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { variables, factor }]): TypeExpression => {
      if (variables.length === 0) return factor;
      const factors: TypeExpression[] = variables.map((name) => ({ var: name }));
      if (factor !== 1) factors.unshift(factor);
      return factors.length === 1 && factors[0] !== undefined ? factors[0] : { mul: factors };
    });
  const [first] = parts;
  if (first === undefined) return 0;
  return parts.length === 1 ? first : { add: parts };
}

/** What `polynomial = 0` says about positive integers. */
export type Root =
  /** Always true. */
  | { readonly kind: 'identity' }
  /** Never true. */
  | { readonly kind: 'never' }
  /** True exactly when `variable` is `value`. */
  | { readonly kind: 'solved'; readonly variable: string; readonly value: number }
  /** Open: more than one unknown, or one of a higher degree. */
  | { readonly kind: 'open' };

/** Solves `polynomial = 0` over integers ≥ 1 when one unknown of degree 1 remains. */
export function solve(polynomial: Polynomial): Root {
  if (polynomial.size === 0) return { kind: 'identity' };
  let offset = 0;
  let unknown: Monomial | undefined;
  let open = false;
  let signs = 0;
  for (const monomial of polynomial.values()) {
    signs |= monomial.factor > 0 ? 1 : 2;
    if (monomial.variables.length === 0) offset = monomial.factor;
    else if (unknown || monomial.variables.length > 1) open = true;
    else unknown = monomial;
  }
  // A sum of positive things is never 0.
  if (signs !== 3) return { kind: 'never' };
  if (open) {
    // c₁·x·y + … = −c₀: no solution unless the factors' common divisor divides c₀.
    let divisor = 0;
    for (const { variables, factor } of polynomial.values())
      if (variables.length > 0) divisor = gcd(divisor, Math.abs(factor));
    return offset % divisor === 0 ? { kind: 'open' } : { kind: 'never' };
  }
  const [variable] = unknown?.variables ?? [];
  if (!unknown || variable === undefined) return { kind: 'never' };
  const value = -offset / unknown.factor;
  return Number.isSafeInteger(value) && value >= 1 ? { kind: 'solved', variable, value } : { kind: 'never' };
}

function gcd(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
