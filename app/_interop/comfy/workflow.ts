/**
 * ComfyUI's two files at the door. A *workflow* is what its editor saves (nodes with positions, links by
 * number; format 0.4, and 1 inside sub-graphs); a *prompt* is what its server runs (nodes by id, inputs
 * by name). The schemas take what real files hold: older and newer writers, and other people's nodes.
 */
import { z } from 'zod';
import { LoomError } from '@/engine';
import { integerDigits, type Json, type JsonObject } from './json';

const json = z.json();
/** A number; an integer beyond 2⁵³ arrives as an object and is rounded here, where only a place is meant. */
const coordinate = json.transform((value): number =>
  typeof value === 'number' ? value : Number(integerDigits(value) ?? 0),
);
/** `[x, y]`, or `{"0": x, "1": y}` as typed arrays are written. */
const pair = z
  .union([
    z.array(coordinate).min(2),
    z.looseObject({ 0: coordinate, 1: coordinate }).transform((value): number[] => [value[0], value[1]]),
  ])
  .transform(([x = 0, y = 0]): readonly [number, number] => [x, y])
  .catch([0, 0]);
const text = z.string().optional().catch(undefined);
const idSchema = z.union([z.string().max(400), z.int()]);
/** The items that fit, each with the text it was read from (`raw`), so that it can be written again unchanged. */
const listOf = <T extends z.ZodType<object>>(item: T) =>
  z
    .array(json)
    .catch([])
    .transform((items) =>
      items.flatMap((raw, index) => {
        const parsed = item.safeParse(raw);
        return parsed.success ? [{ ...parsed.data, raw, index }] : [];
      }),
    );

const slotType = json.transform((value): string => (typeof value === 'string' ? value : '*'));
const inputSchema = z.looseObject({
  name: z.string().max(400),
  type: slotType.default('*'),
  link: z.int().nullish().catch(null),
  label: text,
  widget: z.looseObject({ name: z.string() }).optional().catch(undefined),
});
const outputSchema = z.looseObject({
  name: z.string().max(400).catch(''),
  type: slotType.default('*'),
  label: text,
});
const nodeSchema = z.looseObject({
  id: idSchema,
  type: z.string().min(1).max(400),
  pos: pair.default([0, 0]),
  size: pair.default([0, 0]),
  mode: z.int().catch(0).default(0),
  title: text,
  color: text,
  inputs: listOf(inputSchema).optional().catch(undefined),
  outputs: listOf(outputSchema).optional().catch(undefined),
  widgets_values: json.optional(),
});

const slot = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);
const linkSchema = z.union([
  z
    .tuple([slot, idSchema, slot, idSchema, slot])
    .rest(json)
    .transform(([id, origin, originSlot, target, targetSlot, type]) => ({
      id,
      origin,
      originSlot,
      target,
      targetSlot,
      type: typeof type === 'string' ? type : '*',
    })),
  z
    .looseObject({
      id: slot,
      origin_id: idSchema,
      origin_slot: slot,
      target_id: idSchema,
      target_slot: slot,
      type: slotType.default('*'),
    })
    .transform((link) => ({
      id: link.id,
      origin: link.origin_id,
      originSlot: link.origin_slot,
      target: link.target_id,
      targetSlot: link.target_slot,
      type: link.type,
    })),
]);
const groupSchema = z.looseObject({
  title: z.string().catch(''),
  bounding: z.array(coordinate).min(4),
  color: text,
});
const level = {
  nodes: listOf(nodeSchema),
  links: listOf(linkSchema).default([]),
  groups: listOf(groupSchema).default([]),
};
const portSchema = z.looseObject({ name: z.string().max(400), type: slotType.default('*') });
const subgraphSchema = z.looseObject({
  id: z.string().min(1).max(200),
  name: z.string().catch(''),
  ...level,
  inputs: listOf(portSchema).default([]),
  outputs: listOf(portSchema).default([]),
});
const groupNodeSchema = z.looseObject({ nodes: listOf(z.looseObject({})), links: json.optional() });
const workflowSchema = z.looseObject({
  ...level,
  definitions: z
    .looseObject({ subgraphs: listOf(subgraphSchema).default([]) })
    .optional()
    .catch(undefined),
  extra: z
    .looseObject({ groupNodes: z.record(z.string(), groupNodeSchema).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

export type Workflow = z.output<typeof workflowSchema>;
export type WorkflowNode = Workflow['nodes'][number];
export type WorkflowLink = Workflow['links'][number];
export type WorkflowGroup = Workflow['groups'][number];
/** What a workflow and a sub-graph have in common. */
export type WorkflowLevel = Pick<Workflow, 'nodes' | 'links' | 'groups'>;

const promptNodeSchema = z.object({
  class_type: z.string().min(1).max(400),
  inputs: z.record(z.string(), json).default({}),
  _meta: z.object({ title: z.string() }).optional().catch(undefined),
});
const promptSchema = z.record(z.string(), promptNodeSchema);
/** The API form: nodes by id. */
export type Prompt = z.output<typeof promptSchema>;

/** Nodes at most in one file, all sub-graphs counted once. */
export const maxNodes = 20_000;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which of the two a parsed value is: every value of a prompt has a `class_type` (as ComfyUI tells them apart). */
export function kindOf(value: Json): 'workflow' | 'prompt' | undefined {
  if (!isObject(value)) return undefined;
  if (Array.isArray(value['nodes']) && !('format' in value)) return 'workflow';
  const nodes = Object.values(value);
  return nodes.length > 0 && nodes.every((node) => isObject(node) && typeof node['class_type'] === 'string')
    ? 'prompt'
    : undefined;
}

/** @throws LoomError `invalid-document` for what is no workflow, `too-large` for more nodes than are read */
export function parseWorkflow(value: Json): Workflow {
  const parsed = workflowSchema.safeParse(value);
  if (!parsed.success) throw refused('workflow', parsed.error);
  const { nodes, definitions } = parsed.data;
  const count = (definitions?.subgraphs ?? []).reduce((sum, inner) => sum + inner.nodes.length, nodes.length);
  if (count > maxNodes) throw tooMany(count);
  return parsed.data;
}

/** @throws LoomError `invalid-document` for what is no prompt, `too-large` for more nodes than are read */
export function parsePrompt(value: Json): Prompt {
  const parsed = promptSchema.safeParse(value);
  if (!parsed.success) throw refused('prompt', parsed.error);
  const count = Object.keys(parsed.data).length;
  if (count > maxNodes) throw tooMany(count);
  return parsed.data;
}

/** A link of a prompt: `[id of the node, output slot]`. A list that is a value is wrapped as `{"__value__": …}`. */
export function promptLink(
  value: Json | undefined,
): { readonly node: string; readonly slot: number } | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [node, outputSlot] = value;
  if (typeof outputSlot !== 'number' || !Number.isInteger(outputSlot)) return undefined;
  if (typeof node !== 'string' && typeof node !== 'number') return undefined;
  return { node: String(node), slot: outputSlot };
}

function refused(what: string, error: z.ZodError): LoomError {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).map(String).join('.');
  return new LoomError(
    'invalid-document',
    `This is not a ${what} of ComfyUI: ${path === '' ? 'the file' : `“${path}”`} is wrong: ${issue?.message ?? 'unknown'}.`,
    { path },
  );
}

const tooMany = (count: number): LoomError =>
  new LoomError(
    'too-large',
    `This graph has ${count} nodes; at most ${maxNodes} are read.`,
    {},
    {
      details: { size: count, limit: maxNodes },
    },
  );
