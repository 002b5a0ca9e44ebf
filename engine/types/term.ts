/**
 * Terms: what stands in the fields of a port type. Plain JSON, so that model
 * manifests, documents and messages can carry them.
 *
 * A term is a literal, a set of names, a variable, or integer arithmetic over
 * those. Variables are scoped to one node: two ports of a node that name the
 * same variable must agree once the graph is wired (chaiNNer's structural
 * types and Hindley–Milner's variables, without functions).
 */
import { z } from 'zod';

/** A known value: a name (`"loom-kl-f8"`), a size in pixels or latent cells, a flag. */
export type Literal = string | number | boolean;

/** A set of names, e.g. the parts a conditioning carries: `{ set: ['class', 'text'] }`. Sorted, no repeats. */
export interface SetTerm {
  readonly set: readonly string[];
}
/** At most these names: what an input accepts. Satisfied by any {@link SetTerm} that is a subset. */
export interface AtMostTerm {
  readonly atMost: readonly string[];
}
/** A variable, shared by all ports of the same node instance. */
export interface VariableTerm {
  readonly var: string;
}
/** Integer product, e.g. `H = f·h`. Factors are numbers, variables, or sums. */
export interface ProductTerm {
  readonly mul: readonly Term[];
}
/** Integer sum, e.g. the width after padding. */
export interface SumTerm {
  readonly add: readonly Term[];
}
/** Union of sets, e.g. the parts after *Combine*. */
export interface UnionTerm {
  readonly union: readonly Term[];
}

/**
 * At most what `within` denotes, where that is not known beforehand: e.g. a
 * U-Net node declares `unet: { accepts: v('A') }, positive: { parts: within(v('A')) }`.
 */
export interface WithinTerm {
  readonly within: Term;
}

/**
 * A batch that is repeated to this size where it is a batch of one: 1, or the
 * size itself. What several inputs are broadcast to is one variable: `a: { batch:
 * broadcast(v('B')) }, b: { batch: broadcast(v('B')) }` gives a batch of `v('B')`.
 */
export interface BroadcastTerm {
  readonly broadcast: Term;
}

export type Term =
  | Literal
  | SetTerm
  | AtMostTerm
  | VariableTerm
  | ProductTerm
  | SumTerm
  | UnionTerm
  | WithinTerm
  | BroadcastTerm;

const names = z.array(z.string());

/** Boundary check for a {@link Term}: manifests and messages are parsed with it. */
export const termSchema: z.ZodType<Term> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.strictObject({ set: names }),
    z.strictObject({ atMost: names }),
    z.strictObject({ var: z.string() }),
    z.strictObject({ mul: z.array(termSchema) }),
    z.strictObject({ add: z.array(termSchema) }),
    z.strictObject({ union: z.array(termSchema) }),
    z.strictObject({ within: termSchema }),
    z.strictObject({ broadcast: termSchema }),
  ]),
);

/** The variable `name`, scoped to the node whose ports mention it. */
export const v = (name: string): VariableTerm => ({ var: name });
/** The product of integer terms. */
export const mul = (...factors: Term[]): ProductTerm => ({ mul: factors });
/** The sum of integer terms. */
export const add = (...terms: Term[]): SumTerm => ({ add: terms });
/** The set of exactly these names (sorted, repeats removed). */
export const setOf = (...set: string[]): SetTerm => ({ set: [...new Set(set)].toSorted() });
/** Any subset of these names. */
export const atMost = (...bound: string[]): AtMostTerm => ({
  atMost: [...new Set(bound)].toSorted(),
});
/** The union of set terms. */
export const union = (...sets: Term[]): UnionTerm => ({ union: sets });
/** Any subset of the set (or bound) that `within` turns out to be. */
export const within = (bound: Term): WithinTerm => ({ within: bound });
/** A batch of one, or of as many as this. */
export const broadcast = (size: Term): BroadcastTerm => ({ broadcast: size });
