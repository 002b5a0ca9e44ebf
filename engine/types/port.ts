/** Port types: a kind and its fields. The vocabulary that edges are checked in. */
import { z } from 'zod';
import { typeExpressionSchema, type TypeExpression } from './type-expression';

/**
 * Kinds of things that flow on edges. Fields of each:
 *
 * | kind | fields |
 * | --- | --- |
 * | `image` | batch, height, width (pixels) |
 * | `mask` | batch, height, width; 1 = regenerate |
 * | `semantic-map` | labels (id of a label set), batch, height, width |
 * | `latent` | space (nominal: which first stage made it), channels, factor, batch, height, width (latent cells) |
 * | `codes` | space, size (codebook entries), batch, height, width: VQ indices |
 * | `conditioning` | for (id of the conditioner), parts (set of `text`, `class`, `map`, `image`), batch |
 * | `conditioner` | for, parts, labels |
 * | `unet` | space, channels, factor, height, width (latent cells it was trained at), multiple (that its sides are multiples of), onlyHeight, onlyWidth (where its graph takes no other), for, accepts (parts) |
 * | `denoiser` | space, channels, factor, batch (of its conditions) |
 * | `first-stage` | space, type (`kl` or `vq`), channels, factor, onlyHeight, onlyWidth (as for `unet`) |
 * | `noise` | space, channels, factor, batch, height, width (latent cells) |
 * | `schedule` | – : a list of sigmas |
 * | `sampler` | – : a chosen sampling algorithm |
 * | `number`, `text`, `list` | – |
 */
export const portKinds = [
  'image',
  'mask',
  'semantic-map',
  'latent',
  'codes',
  'conditioning',
  'conditioner',
  'unet',
  'denoiser',
  'first-stage',
  'noise',
  'schedule',
  'sampler',
  'number',
  'text',
] as const;
export type PortKind = (typeof portKinds)[number];

/** The type of a port: plain JSON. A field left out is unconstrained. */
export interface PortType {
  readonly kind: PortKind;
  readonly fields: Readonly<Record<string, TypeExpression>>;
}

/** Boundary check for a {@link PortType}. */
export const portTypeSchema: z.ZodType<PortType> = z.strictObject({
  kind: z.enum(portKinds),
  fields: z.record(z.string(), typeExpressionSchema),
});
