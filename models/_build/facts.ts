/** What an export folder does not say about itself: written by hand, one JSON file per package. */
import { z } from 'zod';

const source = z.strictObject({
  name: z.string(),
  licence: z.string(),
  url: z.string().optional(),
  credit: z.string().optional(),
});

export const factsSchema = z.strictObject({
  title: z.string(),
  description: z.string(),
  licence: z.string(),
  data: z.array(source),
  prediction: z.enum(['epsilon', 'v', 'sample']),
  schedule: z.strictObject({
    kind: z.enum(['linear', 'scaled-linear', 'cosine']),
    start: z.number(),
    end: z.number(),
    steps: z.int(),
  }),
  /** Palette of the semantic map, in the order of its labels. */
  mapLabels: z.strictObject({
    id: z.string(),
    labels: z.array(z.strictObject({ name: z.string(), color: z.string() })),
  }),
  /** Where neither graphs nor model.json fix it: what the U-Net was made for, in latent cells, and pixels per cell. */
  native: z
    .strictObject({ height: z.int(), width: z.int(), factor: z.int(), multipleOf: z.int() })
    .optional(),
  /** The prompt that the loss of 8 bits is measured on. */
  measure: z.strictObject({ prompt: z.string(), steps: z.int(), guidance: z.number() }),
  figures: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
});
export type Facts = z.output<typeof factsSchema>;

/** `labels.json` of an export. The starter has its vocabulary there; ours has a tokenizer.json beside it. */
export const labelsSchema = z.looseObject({
  classes: z.array(z.string()),
  vocab: z.array(z.string()).optional(),
  length: z.int().default(32),
  kmap: z.int().optional(),
});

/** `model.json` of an export. */
export const modelSchema = z.looseObject({
  scale: z.number(),
  shift: z.number().default(0),
  /** Ours says so; the starter's graphs are of one size. */
  unet: z.looseObject({ latentSize: z.int(), sizeMultiple: z.int() }).optional(),
  firstStage: z.looseObject({ factor: z.int() }).optional(),
});
