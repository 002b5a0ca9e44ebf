/**
 * Expressions: what stands in the fields of a port type. Plain JSON, so that model
 * manifests, documents and messages can carry them.
 *
 * An expression is a literal, a set of names, a variable, or integer arithmetic over
 * those. Variables are scoped to one node: two ports of a node that name the
 * same variable must agree once the graph is connected (chaiNNer's structural
 * types and Hindley–Milner's variables, without functions).
 */
import { z } from 'zod';

/** A known value: a name (`"loom-kl-f8"`), a size in pixels or latent cells, a flag. */
export type Literal = string | number | boolean;

/** A set of names, e.g. the parts a conditioning carries: `{ set: ['class', 'text'] }`. Sorted, no repeats. */
export interface SetExpression {
  readonly set: readonly string[];
}
/** At most these names: what an input accepts. Satisfied by any {@link SetExpression} that is a subset. */
export interface AtMostExpression {
  readonly atMost: readonly string[];
}
/** A variable, shared by all ports of the same node instance. */
export interface VariableExpression {
  readonly var: string;
}
/** Integer product, e.g. `H = f·h`. Factors are numbers, variables, or sums. */
export interface ProductExpression {
  readonly mul: readonly TypeExpression[];
}
/** Integer sum, e.g. the width after padding. */
export interface SumExpression {
  readonly add: readonly TypeExpression[];
}
/** Union of sets, e.g. the parts after *Combine*. */
export interface UnionExpression {
  readonly union: readonly TypeExpression[];
}

/**
 * At most what `within` denotes, where that is not known beforehand: e.g. a
 * U-Net node declares `unet: { accepts: v('A') }, positive: { parts: within(v('A')) }`.
 */
export interface WithinExpression {
  readonly within: TypeExpression;
}

/**
 * A batch that is repeated to this size where it is a batch of one: 1, or the
 * size itself. What several inputs are broadcast to is one variable: `a: { batch:
 * broadcast(v('B')) }, b: { batch: broadcast(v('B')) }` gives a batch of `v('B')`.
 */
export interface BroadcastExpression {
  readonly broadcast: TypeExpression;
}

export type TypeExpression =
  | Literal
  | SetExpression
  | AtMostExpression
  | VariableExpression
  | ProductExpression
  | SumExpression
  | UnionExpression
  | WithinExpression
  | BroadcastExpression;

const names = z.array(z.string());

/** Boundary check for a {@link Term}: manifests and messages are parsed with it. */
export const typeExpressionSchema: z.ZodType<TypeExpression> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.strictObject({ set: names }),
    z.strictObject({ atMost: names }),
    z.strictObject({ var: z.string() }),
    z.strictObject({ mul: z.array(typeExpressionSchema) }),
    z.strictObject({ add: z.array(typeExpressionSchema) }),
    z.strictObject({ union: z.array(typeExpressionSchema) }),
    z.strictObject({ within: typeExpressionSchema }),
    z.strictObject({ broadcast: typeExpressionSchema }),
  ]),
);

/** The variable `name`, scoped to the node whose ports mention it. */
export const v = (name: string): VariableExpression => ({ var: name });
/** The product of integer expressions. */
export const mul = (...factors: TypeExpression[]): ProductExpression => ({ mul: factors });
/** The sum of integer expressions. */
export const add = (...expressions: TypeExpression[]): SumExpression => ({ add: expressions });
/** The set of exactly these names (sorted, repeats removed). */
export const setOf = (...set: string[]): SetExpression => ({ set: [...new Set(set)].toSorted() });
/** Any subset of these names. */
export const atMost = (...bound: string[]): AtMostExpression => ({
  atMost: [...new Set(bound)].toSorted(),
});
/** The union of set expressions. */
export const union = (...sets: TypeExpression[]): UnionExpression => ({ union: sets });
/** Any subset of the set (or bound) that `within` turns out to be. */
export const within = (bound: TypeExpression): WithinExpression => ({ within: bound });
/** A batch of one, or of as many as this. */
export const broadcast = (size: TypeExpression): BroadcastExpression => ({ broadcast: size });
