/** Node packs: nodes defined outside of this repository. */
import { z } from 'zod';
import { LoomError } from './error';
import { nodeCategories, type AnyNode } from './node';

/** Nodes that come together, as an ES module exports them. */
export interface NodePack {
  /** The first part of its nodes' ids: `acme` for `acme/magic`. */
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly nodes: readonly AnyNode[];
}

/** Categories of our own nodes, and of instances of sub-graphs: no pack may be called so. */
const reserved: ReadonlySet<string> = new Set([...nodeCategories, 'graph']);

/**
 * The pack that a node type belongs to, by its id; undefined for our own nodes and sub-graphs.
 * A document needs no other record of which packs it uses.
 */
export function packIdOf(type: string): string | undefined {
  const [pack, ...name] = type.split('/');
  return pack === undefined || pack === '' || name.length === 0 || reserved.has(pack) ? undefined : pack;
}

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens');
const packSchema = z.object({
  id: name.refine((id) => !reserved.has(id), 'is a category of the built-in nodes'),
  version: z.string().min(1).max(40),
  title: z.string().min(1).max(80),
});
const ports = z.record(z.string(), z.object({ type: z.object({ kind: z.string() }), value: z.object({}) }));
const nodeShape = z.object({
  id: z.string(),
  version: z.int().positive(),
  title: z.string().min(1),
  category: z.enum(nodeCategories),
  doc: z.string(),
  inputs: ports,
  outputs: ports,
  params: z.object({ shape: z.object({}) }),
});

/** Everything that looks meant to be a node: `defineNode` puts `run` and ports there. */
const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' &&
  value !== null &&
  'run' in value &&
  typeof value.run === 'function' &&
  'inputs' in value &&
  'outputs' in value;

/**
 * Reads a pack from a module's exports: `pack` says what it is, every other export made with `defineNode` is a node.
 *
 * @example
 * ```js
 * import { defineNode, port, v } from 'latent-loom/engine';
 * import { z } from 'zod';
 * export const pack = { id: 'example', version: '1.0.0', title: 'Example nodes' };
 * export const fade = defineNode({ id: 'example/fade', … });
 * ```
 * @param file what the module is called in errors
 * @throws LoomError `bad-input`, naming the export at fault
 */
export function packOf(exports: Readonly<Record<string, unknown>>, file: string): NodePack {
  const fail = (why: string): LoomError =>
    new LoomError(
      'bad-input',
      `${file} is no node pack: ${why}.`,
      { file },
      { fix: 'A pack exports `pack = { id, version, title }` and its nodes; see examples/node-pack.' },
    );
  const described = packSchema.safeParse(exports['pack']);
  if (!described.success) {
    const [issue] = described.error.issues;
    throw fail(['its export `pack`', ...(issue?.path ?? [])].join('.') + `: ${issue?.message ?? ''}`);
  }
  const { id, version, title } = described.data;
  const nodes: AnyNode[] = [];
  for (const [key, value] of Object.entries(exports)) {
    if (key === 'pack' || !isNode(value)) continue;
    const [issue] = nodeShape.safeParse(value).error?.issues ?? [];
    if (issue) throw fail(`its node \`${[key, ...issue.path].join('.')}\`: ${issue.message}`);
    if (!value.id.startsWith(`${id}/`) || value.id.split('/').length !== 2)
      throw fail(`its node \`${key}\` is called "${value.id}", not "${id}/…"`);
    nodes.push(value);
  }
  if (nodes.length === 0) throw fail('it exports no node');
  return { id, version, title, nodes };
}
