/** What inference and validation say about a document: data with stable codes; surfaces word it. */
import { z } from 'zod';
import { portTypeSchema, type PortType } from './port';
import { typeExpressionSchema, type TypeExpression } from './type-expression';

export const diagnosticCodes = [
  'unknown-node',
  'pack-missing',
  'unknown-port',
  'dangling-edge',
  'duplicate-input',
  'cycle',
  'missing-input',
  'invalid-param',
  'package-missing',
  'type-mismatch',
  'newer-node',
  'too-large',
  'invalid-sweep',
  'memory-short',
  'node-warning',
] as const;
export type DiagnosticCode = (typeof diagnosticCodes)[number];

/**
 * A repair that can be applied to the document as one undoable step. One that was offered for a pending edge is
 * applied together with it: `edge` is then what `checkConnection` called the edge.
 */
export type QuickFix =
  | { readonly kind: 'remove-edge'; readonly edge: string }
  /** Several edges of one port. */
  | { readonly kind: 'remove-edges'; readonly edges: readonly string[] }
  /** Connects an input that has no edge. */
  | {
      readonly kind: 'connect';
      readonly from: { readonly node: string; readonly port: string };
      readonly to: { readonly node: string; readonly port: string };
    }
  | { readonly kind: 'set-param'; readonly node: string; readonly param: string; readonly value: unknown }
  /** Puts nodes (in order, first fed by the edge's source, last feeding its target) on an edge. */
  | {
      readonly kind: 'insert';
      readonly edge: string;
      readonly chain: readonly {
        readonly type: string;
        readonly params: Readonly<Record<string, unknown>>;
        readonly input: string;
        readonly output: string;
        /** Further inputs to wire: port → existing source. */
        readonly also?: Readonly<Record<string, { readonly node: string; readonly port: string }>>;
      }[];
    }
  /** Takes the target's wire from another, existing source. */
  | {
      readonly kind: 'rewire';
      readonly edge: string;
      readonly from: { readonly node: string; readonly port: string };
    }
  | { readonly kind: 'replace-node'; readonly node: string; readonly type: string };

/** One diagnostic. `path` is the field (or parameter) at fault, `got` and `want` what stands there and what should. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  readonly node?: string;
  readonly port?: string;
  readonly edge?: string;
  readonly path?: string;
  readonly got?: string;
  readonly want?: string;
  /** The same before it was worded, where it is an expression: for other languages. */
  readonly gotExpression?: TypeExpression;
  readonly wantExpression?: TypeExpression;
  readonly gotType?: PortType;
  readonly wantType?: PortType;
  /** Of a node's own warnings: which, and the values of its placeholders. */
  readonly warning?: string;
  readonly values?: Readonly<Record<string, string>>;
  /** English, complete, names the place: for logs and the command line. */
  readonly message: string;
}

/** Boundary check for a {@link Diagnostic} that crosses the worker's entry. */
export const diagnosticSchema: z.ZodType<Diagnostic> = z.strictObject({
  code: z.enum(diagnosticCodes),
  severity: z.enum(['error', 'warning']),
  node: z.string().optional(),
  port: z.string().optional(),
  edge: z.string().optional(),
  path: z.string().optional(),
  got: z.string().optional(),
  want: z.string().optional(),
  gotExpression: typeExpressionSchema.optional(),
  wantExpression: typeExpressionSchema.optional(),
  gotType: portTypeSchema.optional(),
  wantType: portTypeSchema.optional(),
  warning: z.string().optional(),
  values: z.record(z.string(), z.string()).optional(),
  message: z.string(),
});
