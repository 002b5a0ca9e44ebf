/**
 * The only calls into a definition's own functions besides `run`. `AnyNode`
 * types their parameters as `never`; here they get what the definition's schema
 * has parsed, which is what makes the casts true.
 */
import { z } from 'zod';
import { fillIn, type AnyNode, type Catalog } from '../types/node';
import type { PortType } from '../types/port';
import type { DeclaredPorts } from '../solver/declared-ports';
import type { PortTypes } from '../solver/solve-ports';

export type Params = Readonly<Record<string, unknown>>;

/** Why parameters were refused: the first problem of each path. */
export interface ParamProblem {
  readonly path: string;
  readonly message: string;
  /** The nearest number that is allowed. */
  readonly bound?: number;
}
export type ParsedParams =
  | { readonly ok: true; readonly params: Params }
  | { readonly ok: false; readonly problems: readonly ParamProblem[] };

interface Remembered {
  readonly version: number;
  readonly parsed: ParsedParams;
  catalog?: Catalog;
  ports?: NodePorts;
}
/** Definition → parameters object → what it parsed to. Documents share unchanged parameters, so most lookups hit. */
const remembered = new WeakMap<AnyNode, WeakMap<object, Remembered>>();

function lookUp(definition: AnyNode, params: Params, version: number): Remembered {
  let known = remembered.get(definition);
  if (!known) remembered.set(definition, (known = new WeakMap()));
  const entry = known.get(params);
  if (entry?.version === version) return entry;
  const fresh = { version, parsed: parseParams(definition, params, version) };
  known.set(params, fresh);
  return fresh;
}

/** Parameters of a node saved at `version`, migrated and parsed. Remembered by identity of `params`. */
export const parsedParams = (definition: AnyNode, params: Params, version: number): ParsedParams =>
  lookUp(definition, params, version).parsed;

/** Parameters brought from `version` to the definition's own, not yet parsed. Throws what a migration throws. */
export function migrateParams(definition: AnyNode, params: Params, version: number): Params {
  let current: Record<string, unknown> | undefined;
  for (let from = version; from < definition.version; from++) {
    const step = definition.migrate?.[from];
    if (step) current = step(current ?? structuredClone({ ...params }));
  }
  return current ?? params;
}

function parseParams(definition: AnyNode, params: Params, version: number): ParsedParams {
  try {
    const result = definition.params.safeParse(migrateParams(definition, params, version));
    if (result.success) return { ok: true, params: result.data };
    const problems = new Map<string, ParamProblem>();
    for (const issue of result.error.issues) {
      const path = issue.path.map(String).join('.');
      if (!problems.has(path)) problems.set(path, { path, message: issue.message, ...nearest(issue) });
    }
    return { ok: false, problems: [...problems.values()] };
  } catch (thrown) {
    return {
      ok: false,
      problems: [{ path: '', message: thrown instanceof Error ? thrown.message : String(thrown) }],
    };
  }
}

function nearest(issue: z.core.$ZodIssue): { readonly bound?: number } {
  if (issue.code === 'too_small' && typeof issue.minimum === 'number' && issue.inclusive !== false)
    return { bound: issue.minimum };
  if (issue.code === 'too_big' && typeof issue.maximum === 'number' && issue.inclusive !== false)
    return { bound: issue.maximum };
  return {};
}

/** Default parameters as a document stores them; undefined when the schema has a required one. */
export function defaultParams(definition: AnyNode): Record<string, z.core.util.JSONType> | undefined {
  const parsed = definition.params.safeParse({});
  if (!parsed.success) return undefined;
  const json = z.record(z.string(), z.json()).safeParse(parsed.data);
  return json.success ? json.data : {};
}

export interface NodePorts extends DeclaredPorts {
  /** `refine` threw: the parameters make no sense together. */
  readonly problem?: string;
}

const plain = new WeakMap<AnyNode, NodePorts>();
/** The declared types, before any refinement. */
export function declaredPorts(definition: AnyNode): NodePorts {
  let ports = plain.get(definition);
  if (!ports)
    plain.set(
      definition,
      (ports = { inputs: typesOf(definition.inputs), outputs: typesOf(definition.outputs) }),
    );
  return ports;
}
const typesOf = (ports: AnyNode['inputs']): PortTypes =>
  Object.fromEntries(Object.entries(ports).map(([name, { type }]) => [name, type]));

/**
 * The declared types made more precise by `refine`: fields it names replace
 * declared ones, others stay. A name of both an input and an output means the output.
 */
export function refinedPorts(definition: AnyNode, raw: Params, version: number, catalog: Catalog): NodePorts {
  const declared = declaredPorts(definition);
  const entry = lookUp(definition, raw, version);
  if ((!definition.refine && !definition.equations) || !entry.parsed.ok) return declared;
  if (entry.ports && entry.catalog === catalog) return entry.ports;
  let ports: NodePorts;
  try {
    const params = entry.parsed.params as never;
    const refined: Partial<Record<string, PortType>> = definition.refine?.(params, catalog) ?? {};
    const equations = Object.entries(definition.equations?.(params) ?? {});
    const outputs = merge(declared.outputs, refined);
    const inputs = Object.keys(refined).some((name) => !Object.hasOwn(definition.outputs, name))
      ? merge(declared.inputs, refined, definition.outputs)
      : declared.inputs;
    ports = { inputs, outputs };
    if (equations.length > 0)
      ports = { ...ports, equations: equations.map(([param, [want, got]]) => ({ param, want, got })) };
  } catch (thrown) {
    ports = { ...declared, problem: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  entry.catalog = catalog;
  entry.ports = ports;
  return ports;
}

/** `except`: names that mean the other side. */
function merge(
  types: PortTypes,
  refined: Partial<Record<string, PortType>>,
  except: Readonly<Record<string, unknown>> = {},
): PortTypes {
  const result: Record<string, PortType> = {};
  for (const [name, type] of Object.entries(types)) {
    const named = Object.hasOwn(refined, name) && !Object.hasOwn(except, name);
    const more = named ? refined[name] : undefined;
    result[name] = more ? { kind: more.kind, fields: { ...type.fields, ...more.fields } } : type;
  }
  return result;
}

/** Package ids that parsed parameters name. */
export const packagesOf = (definition: AnyNode, params: Params): readonly string[] =>
  definition.packages?.(params as never) ?? [];

/** Copies of the batch that one evaluation of the denoiser made here holds. */
export const evaluationsOf = (definition: AnyNode, params: Params): number =>
  definition.evaluations?.(params as never) ?? 1;

/** One of a node's own warnings that holds. */
export interface HeldWarning {
  readonly name: string;
  readonly severity: 'error' | 'warning';
  readonly path?: string;
  readonly port?: string;
  readonly values: Readonly<Record<string, string>>;
  /** English, its placeholders filled in. */
  readonly message: string;
}

/** What the node itself warns of. `connected` tells whether an input gets a value. */
export function warningsOf(
  definition: AnyNode,
  params: Params,
  connected: (input: string) => boolean,
): readonly HeldWarning[] {
  return Object.entries(definition.warnings ?? {}).flatMap(([name, warning]) => {
    const held = warning.when(params as never, connected);
    if (held === false) return [];
    const values = Object.fromEntries(
      Object.entries(held === true ? {} : held).map(([key, value]) => [key, String(value)]),
    );
    const { path, port, severity = 'warning' } = warning;
    return [
      {
        name,
        severity,
        ...(path !== undefined && { path }),
        ...(port !== undefined && { port }),
        values,
        message: fillIn(warning.message, values),
      },
    ];
  });
}
