/** What the page says to the engine's worker. */
import { z } from 'zod';
import { inspectRequestSchema } from '../_snapshots/inspect-requests';
import { budgetSchema, startSchema } from './entry-messages';

/** Page → worker. `run` and `id` are echoed in every answer. */
export const toWorkerSchema = z.union([
  z.discriminatedUnion('type', [
    startSchema,
    /** Runs a document (parsed in the worker). Without targets, every sink. */
    z.strictObject({
      type: z.literal('run'),
      run: z.string(),
      /** Whose graph it is: the inspector asks for places in it by this name. */
      tab: z.string(),
      document: z.unknown(),
      targets: z.array(z.string()).optional(),
      /** Whether unfinished outputs are read back and shown. */
      previews: z.boolean(),
    }),
    z.strictObject({ type: z.literal('cancel'), run: z.string() }),
    /** How the package's text encoder cuts a prompt. */
    z.strictObject({ type: z.literal('tokenize'), id: z.string(), package: z.string(), prompt: z.string() }),
    /** After the device was lost: another one, new sessions, and the results that were copied. */
    z.strictObject({ type: z.literal('recover'), id: z.string() }),
    /** Files of models that the person opened: handles, no copies. Runs sent later know them. */
    z.strictObject({
      type: z.literal('models'),
      id: z.string(),
      folders: z.array(
        z.strictObject({
          name: z.string(),
          files: z.array(z.strictObject({ path: z.string(), file: z.instanceof(File) })),
        }),
      ),
    }),
    /** A node pack's text: its nodes are known from then on, and run in the worker. */
    z.strictObject({ type: z.literal('load-pack'), id: z.string(), file: z.string(), source: z.string() }),
    /** Tensors and sessions alive: leak tests. */
    z.strictObject({ type: z.literal('live'), id: z.string() }),
  ]),
  budgetSchema,
  inspectRequestSchema,
]);
export type ToWorker = z.output<typeof toWorkerSchema>;
