/** One node's ports against what its edges bring: the same solver before the run (types) and during it (values). */
import type { PortType } from '../types/port';
import type { TypeExpression } from '../types/type-expression';
import type { DeclaredPorts } from './declared-ports';
import { getOwn } from '../types/get-own';
import { isUnknown, reduce, rename, unify, unknownOf, type Solution } from './unify';

export type PortTypes = Readonly<Record<string, PortType>>;

/** The first field in which an edge does not fit. `path` is the field, or `kind`. */
export interface PortMismatch {
  /** Undefined for an equation that cannot hold: `path` is its parameter then. */
  readonly port: string | undefined;
  readonly path: string;
  readonly want: TypeExpression;
  readonly got: TypeExpression;
}
export interface PortSolution {
  readonly solution: Solution;
  readonly mismatches: readonly PortMismatch[];
  /** Fields that cannot be decided yet. */
  readonly unsolved: readonly { readonly port: string; readonly field: string }[];
}
interface Equation {
  readonly port: string | undefined;
  readonly field: string;
  readonly want: TypeExpression;
  readonly got: TypeExpression;
}

/**
 * Unifies wanted with actual port types. Bounds (`atMost`) are taken first, the
 * rest in the order of `actual` after the parameters' equations, so that the later of
 * two edges that contradict each other is the one reported; what is open is tried again until nothing moves.
 */
export function solvePorts(
  declared: PortTypes,
  actual: readonly (readonly [port: string, type: PortType])[],
  solution: Solution = new Map(),
  equations: DeclaredPorts['equations'] = [],
): PortSolution {
  const mismatches: PortMismatch[] = [];
  const wrong = new Set<string | undefined>();
  const bounds: Equation[] = [];
  const rest: Equation[] = equations.map(({ param, want, got }) => ({
    port: undefined,
    field: param,
    want,
    got,
  }));
  for (const [port, type] of actual) {
    const wanted = getOwn(declared, port);
    if (!wanted) continue;
    if (wanted.kind !== type.kind) {
      mismatches.push({ port, path: 'kind', want: wanted.kind, got: type.kind });
      wrong.add(port);
      continue;
    }
    for (const field in wanted.fields) {
      const want = wanted.fields[field];
      const got = getOwn(type.fields, field);
      if (got === undefined || want === undefined) continue;
      const isBound = typeof got === 'object' && 'atMost' in got;
      (isBound ? bounds : rest).push({ port, field, want, got });
    }
  }
  let open = bounds.length > 0 ? [...bounds, ...rest] : rest;
  for (let before = -1; open.length > 0 && open.length !== before;) {
    before = open.length;
    const left: Equation[] = [];
    for (const equation of open) {
      const { port, field, want, got } = equation;
      const outcome = unify(want, got, solution);
      if (outcome === 'open') left.push(equation);
      else if (outcome !== 'equal' && (port === undefined || !wrong.has(port))) {
        wrong.add(port);
        mismatches.push({ port, path: field, ...outcome });
      }
    }
    open = left;
  }
  if (open.length === 0) return { solution, mismatches, unsolved: [] };
  const unsolved = open.flatMap(({ port, field }) =>
    port === undefined || wrong.has(port) ? [] : [{ port, field }],
  );
  return { solution, mismatches, unsolved };
}

/** Types with everything known put in; a variable that nothing settled becomes the unknown `name@node`. */
export function resolvePorts(
  types: PortTypes,
  solution: ReadonlyMap<string, TypeExpression>,
  node: string,
): PortTypes {
  const result: Record<string, PortType> = {};
  for (const port in types) {
    const type = types[port];
    if (type) result[port] = resolvePort(type, solution, node);
  }
  return result;
}

/**
 * Outputs of a node, resolved. A field that passes from an input to an output as it is (`labels: v('L')` in both, of one
 * kind) is missing there where what is connected has none (a package without labels): missing, it fits everything; as an
 * unknown it would leave open whatever is behind.
 */
export function resolveOutputs(
  declared: { readonly inputs: PortTypes; readonly outputs: PortTypes },
  actual: readonly (readonly [port: string, type: PortType])[],
  solution: Solution,
  node: string,
): PortTypes {
  const outputs = resolvePorts(declared.outputs, solution, node);
  const result: Record<string, PortType> = { ...outputs };
  for (const [port, given] of actual) {
    const wanted = getOwn(declared.inputs, port);
    if (wanted?.kind !== given.kind) continue;
    for (const field in wanted.fields) {
      const name = variableOf(wanted.fields[field]);
      if (name === undefined || Object.hasOwn(given.fields, field) || solution.has(name)) continue;
      for (const output in result) {
        const type = result[output];
        const passes =
          type?.kind === given.kind && variableOf(declared.outputs[output]?.fields[field]) === name;
        if (!passes) continue;
        const { [field]: _, ...fields } = type.fields;
        result[output] = { kind: type.kind, fields };
      }
    }
  }
  return result;
}

const variableOf = (expression: TypeExpression | undefined): string | undefined =>
  typeof expression === 'object' && 'var' in expression ? expression.var : undefined;

function resolvePort(type: PortType, solution: ReadonlyMap<string, TypeExpression>, node: string): PortType {
  let plain = true;
  const fields: Record<string, TypeExpression> = {};
  for (const field in type.fields) {
    const expression = type.fields[field];
    if (expression === undefined) continue;
    if (typeof expression !== 'object') {
      fields[field] = expression;
      continue;
    }
    plain = false;
    const known = reduce(expression, solution);
    if (typeof known !== 'object') {
      fields[field] = known;
      continue;
    }
    fields[field] = rename(known, (name) => (isUnknown(name) ? { var: name } : unknownOf(name, node)));
  }
  return plain ? type : { kind: type.kind, fields };
}

/** Settles what edges leave open by being absent, or by bringing one element where many may come. */
export function settleRest(
  declared: { readonly inputs: PortTypes; readonly outputs: PortTypes },
  connected: Readonly<Record<string, unknown>>,
  actual: readonly (readonly [port: string, type: PortType])[],
  solution: Solution,
): void {
  emptyUnconnectedSets(declared, connected, solution);
  settleBatches(declared.inputs, connected, actual, solution);
}

/** A batch that everything connected is broadcast to is 1 when each brings 1. */
function settleBatches(
  inputs: PortTypes,
  connected: Readonly<Record<string, unknown>>,
  actual: readonly (readonly [port: string, type: PortType])[],
  solution: Solution,
): void {
  let single: Map<string, boolean> | undefined;
  for (const port in inputs) {
    const batch = inputs[port]?.fields.batch;
    if (typeof batch !== 'object' || !('broadcast' in batch)) continue;
    const { broadcast } = batch;
    if (typeof broadcast !== 'object' || !('var' in broadcast) || solution.has(broadcast.var)) continue;
    const one =
      !Object.hasOwn(connected, port) || actual.find(([name]) => name === port)?.[1].fields.batch === 1;
    single ??= new Map();
    single.set(broadcast.var, one && single.get(broadcast.var) !== false);
  }
  for (const [name, one] of single ?? []) if (one) solution.set(name, 1);
}

/**
 * An optional set input that is left unconnected adds nothing to a union: its
 * variables stand for the empty set there.
 */
function emptyUnconnectedSets(
  declared: { readonly inputs: PortTypes; readonly outputs: PortTypes },
  connected: Readonly<Record<string, unknown>>,
  solution: Solution,
): void {
  let inUnions: Set<string> | undefined;
  for (const port in declared.inputs) {
    const type = declared.inputs[port];
    if (!type) continue;
    if (Object.hasOwn(connected, port)) continue;
    for (const expression of Object.values(type.fields)) {
      if (typeof expression !== 'object' || !('var' in expression) || solution.has(expression.var)) continue;
      inUnions ??= unionVariables(declared.outputs);
      if (inUnions.has(expression.var)) solution.set(expression.var, { set: [] });
    }
  }
}

function unionVariables(types: PortTypes): Set<string> {
  const found = new Set<string>();
  const visit = (expression: TypeExpression, inside: boolean): void => {
    if (typeof expression !== 'object') return;
    if ('var' in expression && inside) found.add(expression.var);
    if ('union' in expression) for (const part of expression.union) visit(part, true);
    if ('within' in expression) visit(expression.within, inside);
  };
  for (const type of Object.values(types))
    for (const expression of Object.values(type.fields)) visit(expression, false);
  return found;
}

/** Whether two types are the same, field by field. */
export function sameType(a: PortType | undefined, b: PortType | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || a.kind !== b.kind) return false;
  const fields = Object.keys(a.fields);
  if (fields.length !== Object.keys(b.fields).length) return false;
  return fields.every((field) => {
    const [x, y] = [a.fields[field], b.fields[field]];
    return (
      x === y || (typeof x === 'object' && typeof y === 'object' && JSON.stringify(x) === JSON.stringify(y))
    );
  });
}
