/** What the page asks the engine's worker when somebody looks inside. */
import { z } from 'zod';

/** Which place: a node of the graph that a tab ran last. */
const place = { id: z.string(), tab: z.string(), node: z.string() };

/** Page → worker. `id` is echoed. */
export const inspectRequestSchema = z.discriminatedUnion('type', [
  /** The cached value of an output. `not-computed` when it has not run. */
  z.strictObject({ type: z.literal('inspect'), ...place, port: z.string() }),
  /** A latent output through the first stage of its space. Answers with an image snapshot. */
  z.strictObject({ type: z.literal('inspect-decode'), ...place, port: z.string() }),
  z.strictObject({ type: z.literal('trajectory'), ...place }),
  /** Both tensors of one kept step. */
  z.strictObject({
    type: z.literal('trajectory-step'),
    ...place,
    step: z.int().nonnegative(),
  }),
  /** One tensor of a kept step, decoded. Answers with an image snapshot. */
  z.strictObject({
    type: z.literal('trajectory-decode'),
    ...place,
    step: z.int().nonnegative(),
    which: z.enum(['x', 'denoised']),
  }),
]);
export type InspectRequest = z.output<typeof inspectRequestSchema>;
