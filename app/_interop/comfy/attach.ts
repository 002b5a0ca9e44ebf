/**
 * What a document remembers of the ComfyUI file it came from. It lies in fields that the engine keeps
 * verbatim and never reads, so that an export gives back ids, sizes, colours and whatever else has no
 * place here. A document without these fields exports as well, with new ones.
 */
import { z } from 'zod';

const json = z.json();

/** On a node: which node of the file it stands for, and as which part. */
const nodeOrigin = z.object({
  /** Its id in the file. */
  id: z.string(),
  part: z.string(),
  /** Its class there. */
  type: z.string(),
  /** Main part: the node as the file has it (workflows), the place it was put, its parameters and values then. */
  raw: json.optional(),
  index: z.int().optional(),
  at: z.object({ x: z.number(), y: z.number() }).optional(),
  values: z.record(z.string(), json).optional(),
  params: z.record(z.string(), z.record(z.string(), json)).optional(),
});
export type NodeOrigin = z.output<typeof nodeOrigin>;

/** On the document or a definition: everything of the file's level that is no node of ours. */
const levelOrigin = z.object({
  /** The level as the file has it, without its nodes. */
  raw: z.record(z.string(), json),
  /** Links whose end is not in the file: broken there already, written again as they are. */
  broken: z.array(z.int()).optional(),
  /** A sub-graph's place in the file's list. */
  index: z.int().optional(),
  /** Reroutes, primitives and folded nodes: what is not shown here, each as the file has it. */
  kept: z.array(z.object({ index: z.int(), raw: json })),
  /** A sub-graph's ports in the order of their slots. */
  ports: z.object({ inputs: z.array(z.string()), outputs: z.array(z.string()) }).optional(),
});
export type LevelOrigin = z.output<typeof levelOrigin>;

/** On a group or note: as the file has it, and where it was put. */
const placedOrigin = z.object({
  raw: json,
  index: z.int(),
  at: z.object({ x: z.number(), y: z.number() }),
});
export type PlacedOrigin = z.output<typeof placedOrigin>;

const read =
  <T>(schema: z.ZodType<T>) =>
  (record: Readonly<Record<string, unknown>>): T | undefined => {
    const parsed = schema.safeParse(record['comfy']);
    return parsed.success ? parsed.data : undefined;
  };

export const originOf = read(nodeOrigin);
export const levelOriginOf = read(levelOrigin);
export const placedOriginOf = read(placedOrigin);
