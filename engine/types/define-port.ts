/**
 * The ports that carry values. A port couples a {@link PortType} (checked when wiring) with a zod check of the value
 * (checked at run time), which also gives the TypeScript type that a node's `run` sees.
 */
import type { z } from 'zod';
import { kindOf, type PortKind, type ValueOf } from './kinds';
import type { PortType } from './port';
import type { TypeExpression } from './type-expression';

/** A port of a node. */
export interface Port<K extends PortKind = PortKind> {
  readonly type: PortType & { readonly kind: K };
  readonly value: z.ZodType<ValueOf[K]>;
  /** An input that may stay unconnected. */
  readonly optional?: boolean;
  /** An input that is only computed when `run` asks for it (a switch). */
  readonly lazy?: boolean;
  /** Short help, English; the catalogue translates by `nodes.<id>.ports.<port>`. */
  readonly doc?: string;
}

type Flags = { readonly doc?: string };

/** A required port of `kind` with these fields. */
export function port<K extends PortKind>(
  kind: K,
  fields?: Record<string, TypeExpression>,
  flags?: Flags,
): Port<K>;
export function port<
  K extends PortKind,
  F extends Flags & { readonly optional?: true; readonly lazy?: true },
>(kind: K, fields: Record<string, TypeExpression>, flags: F): Port<K> & F;
export function port<K extends PortKind>(
  kind: K,
  fields: Record<string, TypeExpression> = {},
  flags: Flags = {},
): Port<K> {
  return { type: { kind, fields }, value: kindOf(kind).schema, ...flags };
}
