/** What the worker's entry reads by itself, before there is an engine. With zod's small build: the whole comes with the engine. */
import * as z from 'zod/mini';

export const backendChoices = ['auto', 'webgpu', 'wasm'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** First message. `base` is the page's origin and path, for model files and onnxruntime's wasm. */
export const startSchema = z.strictObject({
  type: z.literal('start'),
  backend: z.enum(backendChoices),
  base: z.string(),
});

/** Whether samplings are kept from now on, and how many bytes of them. 0 keeps nothing. */
export const budgetSchema = z.strictObject({
  type: z.literal('trajectory-budget'),
  id: z.string(),
  bytes: z.number().check(z.nonnegative()),
});

/** Whom an answer would be for, of any message: the engine parses the rest. */
export const envelopeSchema = z.looseObject({
  type: z.string(),
  id: z.optional(z.string()),
  run: z.optional(z.string()),
});
