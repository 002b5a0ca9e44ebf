import { z } from 'zod';
import { LoomError, broadcast, defineNode, port, v, type Tensor, type TensorOps } from '@/engine/types';
import { latentFields, nchw, sameSpace, spaceFields, withSamples } from '../_shared/latent';
import { pasteAt } from '../_shared/paste';

const place = (label: string) =>
  z.int().min(-8192).max(8192).default(0).meta({ label, unit: 'px', min: 0, max: 2048, step: 8 });

export const latentPaste = defineNode({
  id: 'latent/paste',
  version: 1,
  title: 'Paste latent',
  category: 'latent',
  doc: 'Lays latent B on latent A at a place given in pixels of the picture, with a feathered edge or under a mask of its own: several pictures that were begun apart are finished as one. What sticks out is cut off.',
  aliases: ['LatentComposite', 'LatentCompositeMasked', 'Latent Composite'],
  inputs: {
    a: port('latent', { ...latentFields(), batch: v('B') }, { doc: 'What lies below.' }),
    b: port(
      'latent',
      { ...spaceFields, batch: broadcast(v('B')), height: v('h2'), width: v('w2') },
      { doc: 'What is laid on it.' },
    ),
    mask: port(
      'mask',
      { batch: broadcast(v('B')) },
      { optional: true, doc: '1 takes B; brought to its size.' },
    ),
  },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({
    x: place('Left edge'),
    y: place('Top edge'),
    feather: z
      .int()
      .min(0)
      .max(8192)
      .default(0)
      .meta({ label: 'Feather', unit: 'px', min: 0, max: 512, step: 8 }),
    resize: z.boolean().default(false).meta({ widget: 'switch', label: 'Resize to A', advanced: true }),
  }),
  run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const { a, b } = inputs;
    sameSpace(a.space, b.space, 'b');
    if (a.noisy?.sigma !== b.noisy?.sigma)
      throw new LoomError('bad-input', 'The latents are at different noise levels.', { port: 'b' });
    const { factor } = a.space;
    const frame = nchw(a.samples);
    const over = params.resize ? ops.resize(b.samples, frame.height, frame.width, 'bilinear') : b.samples;
    const piece = nchw(over);
    const at = { x: Math.floor(params.x / factor), y: Math.floor(params.y / factor) };
    const mask = inputs.mask
      ? ops.resize(inputs.mask.mask, piece.height, piece.width, 'bilinear')
      : ramp(ops, piece, frame, at, Math.floor(params.feather / factor));
    return Promise.resolve({ latent: withSamples(a, pasteAt(ops, a.samples, over, at, mask)) });
  },
});

/** 1 inside, a straight ramp of `feather` cells at each edge that lies inside the frame. */
function ramp(
  ops: TensorOps,
  piece: { readonly height: number; readonly width: number },
  frame: { readonly height: number; readonly width: number },
  at: { readonly x: number; readonly y: number },
  feather: number,
): Tensor | undefined {
  if (feather === 0) return undefined;
  const edge = (index: number): number => (index < feather ? (index + 1) / feather : 1);
  const { height, width } = piece;
  const values = new Float32Array(height * width);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      values[row * width + column] =
        (at.y > 0 ? edge(row) : 1) *
        (at.y + height < frame.height ? edge(height - 1 - row) : 1) *
        (at.x > 0 ? edge(column) : 1) *
        (at.x + width < frame.width ? edge(width - 1 - column) : 1);
  return ops.from(values, [1, 1, height, width]);
}
