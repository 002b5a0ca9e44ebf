/** Between the engine's worker and the one that decodes pictures. */
import { z } from 'zod';

export const decodeRequestSchema = z.object({
  id: z.int(),
  bytes: z.instanceof(Uint8Array),
});

export const decodeReplySchema = z.object({
  id: z.int(),
  result: z.union([
    z.object({ width: z.int(), height: z.int(), rgba: z.instanceof(Uint8Array) }),
    z.object({
      code: z.enum(['bad-input', 'unsupported', 'too-large', 'file-damaged', 'file-truncated', 'internal']),
      message: z.string(),
      fix: z.string().optional(),
    }),
  ]),
});
export type DecodeReply = z.output<typeof decodeReplySchema>;
