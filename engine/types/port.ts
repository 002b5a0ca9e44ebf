/** Port types: a kind and its fields. The vocabulary that edges are checked in. */
import { z } from 'zod';
import { portKinds, type PortKind } from './kinds';
import { typeExpressionSchema, type TypeExpression } from './type-expression';

/** The type of a port: plain JSON. A field left out is unconstrained; `kinds/` says which fields a kind has. */
export interface PortType {
  readonly kind: PortKind;
  readonly fields: Readonly<Record<string, TypeExpression>>;
}

/** Boundary check for a {@link PortType}. */
export const portTypeSchema: z.ZodType<PortType> = z.strictObject({
  kind: z.enum(portKinds),
  fields: z.record(z.string(), typeExpressionSchema),
});
