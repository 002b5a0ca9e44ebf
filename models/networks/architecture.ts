/** Which network of ours a package's weights are, and its description for kernels of our own. */
import { z } from 'zod';
import type { NetworkDescription, StoredArchitecture } from '@/engine/types';
import { loomDecoder, loomEncoder } from './loom-first-stage';
import type { Entries } from './loom-ops';
import { loomTextEncoder } from './loom-text';
import { loomUNet } from './loom-unet';
import { tinyTextEncoder, tinyUNet } from './tiny';

/** What a manifest says of a network beyond its graphs. Widths and depths are read off the weights. */
export const architectureSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('loom-unet'), headChannels: z.int().positive() }),
  z.strictObject({ kind: z.literal('loom-text'), headChannels: z.int().positive() }),
  z.strictObject({ kind: z.literal('loom-encoder') }),
  z.strictObject({ kind: z.literal('loom-decoder') }),
  /** The test package's. */
  z.strictObject({ kind: z.literal('tiny-unet') }),
  z.strictObject({ kind: z.literal('tiny-text') }),
]) satisfies z.ZodType<StoredArchitecture>;

/** The description over the weights `entries`. Throws `package-invalid` where they are not what the architecture says. */
export function describeArchitecture(
  architecture: StoredArchitecture,
  name: string,
  entries: Entries,
): NetworkDescription {
  switch (architecture.kind) {
    case 'loom-unet':
      return loomUNet(name, entries, architecture.headChannels);
    case 'loom-text':
      return loomTextEncoder(name, entries, architecture.headChannels);
    case 'loom-encoder':
      return loomEncoder(name, entries);
    case 'loom-decoder':
      return loomDecoder(name, entries);
    case 'tiny-unet':
      return tinyUNet(name, entries);
    case 'tiny-text':
      return tinyTextEncoder(name, entries);
  }
}
