/**
 * The document: what is saved, shared and undone. Records by id, not arrays
 * (removing one of 1,000 nodes is one patch). Unknown fields are kept verbatim
 * everywhere, so that a newer version's file survives an older editor.
 * Results never enter it.
 */
import { z } from 'zod';
import { idSchema, maxNameLength, nameSchema } from './names';

/** The newest document version this engine writes. */
export const documentVersion = 1;

/** Far from what sums and means of floats lose or make infinite. */
const farthest = 1e9;
const coordinate = z.number().min(-farthest).max(farthest);
const side = z.number().positive().max(farthest);
const point = z.looseObject({ x: coordinate, y: coordinate });
const size = z.looseObject({ width: side, height: side });
/** Titles are drawn whole on the canvas. */
const title = z.string().max(1_000, 'a title has at most 1000 letters');
/** `#rgb` to `#rrggbbaa`, or a CSS colour's name: it is put into style sheets, where `url(…)` would be fetched. */
const color = z
  .string()
  .regex(/^(#[0-9a-fA-F]{3,8}|[a-zA-Z]{1,30})$/, 'a colour is “#rrggbb” or the name of one');

/** One node instance. Parameters are checked against the node's own schema by inference, not here. */
export const nodeSchema = z.looseObject({
  type: z
    .string()
    .min(1)
    .max(2 * maxNameLength),
  version: z.int().min(1).default(1),
  params: z.record(nameSchema, z.json()).default({}),
  position: point.default({ x: 0, y: 0 }),
  title: title.optional(),
  size: size.optional(),
  collapsed: z.boolean().optional(),
  /** `bypass` passes inputs through to outputs of the same kind; `mute` removes the node and what needs it. */
  mode: z.enum(['active', 'bypass', 'mute']).optional(),
});

const endpoint = z.looseObject({ node: z.string(), port: z.string() });
/** One edge, from an output to an input. */
export const edgeSchema = z.looseObject({ from: endpoint, to: endpoint });

/** A frame around nodes. */
export const groupSchema = z.looseObject({
  title: title.default(''),
  position: point,
  size,
  color: color.optional(),
});
/** A free text on the canvas. */
export const noteSchema = z.looseObject({ text: z.string(), position: point, size });

const graphFields = {
  nodes: z.record(idSchema, nodeSchema).default({}),
  edges: z.record(idSchema, edgeSchema).default({}),
  groups: z.record(nameSchema, groupSchema).default({}),
  notes: z.record(nameSchema, noteSchema).default({}),
};

/** A reusable sub-graph: one definition, many instances. Ports map outer names to inner endpoints. */
export const definitionSchema = z.looseObject({
  title: title.default(''),
  ...graphFields,
  inputs: z
    .record(nameSchema, z.looseObject({ to: z.array(endpoint), optional: z.boolean().optional() }))
    .default({}),
  outputs: z.record(nameSchema, z.looseObject({ from: endpoint })).default({}),
  /** Inner parameters that an instance may set for itself, under these names. */
  params: z.record(nameSchema, z.looseObject({ node: z.string(), param: z.string() })).default({}),
});

/**
 * Repeats a run over lists of values without copying nodes. The parameters of
 * one sweep go in step (values[k] together); several sweeps multiply.
 */
export const sweepSchema = z.looseObject({
  title: title.optional(),
  enabled: z.boolean().default(true),
  params: z
    .array(z.looseObject({ node: z.string(), param: z.string(), values: z.array(z.json()).max(1024) }))
    .max(64),
});

/** A whole document. */
export const documentSchema = z.looseObject({
  format: z.literal('latent-loom'),
  version: z.literal(documentVersion),
  ...graphFields,
  definitions: z.record(nameSchema, definitionSchema).default({}),
  sweeps: z.record(nameSchema, sweepSchema).default({}),
  meta: z
    .looseObject({
      title: title.optional(),
      description: z.string().optional(),
      /** Pins: package id → SHA-256 of its manifest when the document was last saved. */
      packages: z.record(z.string(), z.string()).optional(),
      /** Node packs that its nodes came from: pack id → version. */
      packs: z.record(z.string(), z.string()).optional(),
    })
    .default({}),
});

export type LoomDocument = z.output<typeof documentSchema>;
export type LoomNode = z.output<typeof nodeSchema>;
export type LoomEdge = z.output<typeof edgeSchema>;
export type LoomGroup = z.output<typeof groupSchema>;
export type LoomNote = z.output<typeof noteSchema>;
export type LoomSweep = z.output<typeof sweepSchema>;
export type LoomDefinition = z.output<typeof definitionSchema>;

/** Node types in this category are instances of the document's definitions: `graph/<definition id>`. */
export const instanceCategory = 'graph/';
/** The node type of an instance of this definition. */
export const instanceType = (definition: string): string => `${instanceCategory}${definition}`;
/** The definition that a node type is an instance of; undefined for plain nodes. */
export const definitionOf = (type: string): string | undefined =>
  type.startsWith(instanceCategory) ? type.slice(instanceCategory.length) : undefined;

/** An empty document. */
export const emptyDocument = (): LoomDocument =>
  documentSchema.parse({ format: 'latent-loom', version: documentVersion });
