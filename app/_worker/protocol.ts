/**
 * What the engine's worker says to the page; `to-worker.ts` is the other way.
 * Both sides parse every message; pixels and typed arrays travel as transferables.
 */
import { z } from 'zod';
import { diagnosticSchema, errorCodes } from '@/engine/types';

const rgba = z.instanceof(Uint8ClampedArray<ArrayBuffer>);

/** A {@link LoomError} that crossed the worker's entry. */
export const errorSchema = z.strictObject({
  code: z.enum(errorCodes),
  message: z.string(),
  place: z.strictObject({
    node: z.string().optional(),
    port: z.string().optional(),
    file: z.string().optional(),
    path: z.string().optional(),
    package: z.string().optional(),
  }),
  fix: z.string().optional(),
  diagnostics: z.array(diagnosticSchema).optional(),
});
export type ErrorMessage = z.output<typeof errorSchema>;

export const backendInfoSchema = z.strictObject({
  kind: z.enum(['webgpu', 'wasm']),
  precision: z.enum(['fp16', 'fp32']),
  device: z.string(),
  streams: z.boolean().optional(),
  half: z.boolean().optional(),
  memory: z.number().positive().optional(),
  limits: z.array(
    z.enum([
      'no-webgpu',
      'no-adapter',
      'software-adapter',
      'no-shader-f16',
      'no-threads',
      'own-kernels',
      'forced',
    ]),
  ),
});

const inRun = { run: z.string(), node: z.string() };
/** What happens to one node while a run goes on. */
export const nodeEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('node-started'), ...inRun }),
  z.strictObject({
    type: z.literal('node-progress'),
    ...inRun,
    done: z.number(),
    total: z.number(),
    unit: z.enum(['bytes', 'steps', 'items']),
  }),
  /** An unfinished output as RGBA. */
  z.strictObject({
    type: z.literal('node-preview'),
    ...inRun,
    width: z.int().positive(),
    height: z.int().positive(),
    rgba,
  }),
  z.strictObject({ type: z.literal('node-cached'), ...inRun }),
  z.strictObject({ type: z.literal('node-finished'), ...inRun, ms: z.number() }),
  z.strictObject({ type: z.literal('node-failed'), ...inRun, error: errorSchema }),
  /** Not run because something it needs failed or is muted. */
  z.strictObject({ type: z.literal('node-skipped'), ...inRun }),
]);

/** A finished picture, one per batch element. */
const pictureSchema = z.strictObject({
  type: z.literal('picture'),
  ...inRun,
  index: z.int().nonnegative(),
  count: z.int().positive(),
  /** Which combination of the document's sweeps; 0 without a sweep. */
  iteration: z.int().nonnegative(),
  /** What the run was for, to be kept among the results. */
  sink: z.boolean(),
  /** Shown in the node. */
  inNode: z.boolean(),
  width: z.int().positive(),
  height: z.int().positive(),
  rgba,
});

/** A file that a saving node made, for the browser's downloads. */
const fileSchema = z.strictObject({
  type: z.literal('file'),
  ...inRun,
  name: z.string().min(1),
  mime: z.string(),
  bytes: z.instanceof(Uint8Array<ArrayBuffer>),
});

/** Worker → page. */
export const toPageSchema = z.union([
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('ready'), backend: backendInfoSchema }),
    z.strictObject({ type: z.literal('start-failed'), error: errorSchema }),
    z.strictObject({ type: z.literal('device-lost'), reason: z.string() }),
    z.strictObject({
      type: z.literal('run-planned'),
      run: z.string(),
      nodes: z.array(z.string()),
      /** What may go wrong although the graph is right: too little memory. */
      warnings: z.array(diagnosticSchema),
    }),
    pictureSchema,
    fileSchema,
    z.strictObject({
      type: z.literal('run-finished'),
      run: z.string(),
      outcome: z.enum(['done', 'failed', 'cancelled']),
      ms: z.number(),
      error: errorSchema.optional(),
    }),
    z.strictObject({
      type: z.literal('tokens'),
      id: z.string(),
      tokens: z.array(
        z.strictObject({ id: z.int(), text: z.string(), known: z.boolean(), special: z.boolean() }),
      ),
      limit: z.int(),
      overflow: z.string(),
    }),
    z.strictObject({
      type: z.literal('live'),
      id: z.string(),
      tensors: z.int(),
      bytes: z.number(),
      sessions: z.int(),
    }),
    /** What the inspector asked for; parsed by its own schema (`_snapshots/messages.ts`), which comes with it. */
    z.strictObject({ type: z.literal('inspected'), id: z.string(), reply: z.unknown() }),
    /** A request with this id was done, and has nothing to say. */
    z.strictObject({ type: z.literal('done'), id: z.string() }),
    /** A request with this id failed. */
    z.strictObject({ type: z.literal('error'), id: z.string(), error: errorSchema }),
  ]),
  nodeEventSchema,
]);
export type ToPage = z.output<typeof toPageSchema>;
