import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { nchw } from '../_shared/latent';

const fields = { batch: v('B'), height: v('H'), width: v('W') };
const side = (label: string) =>
  z.int().min(0).max(8192).default(0).meta({ label, unit: 'px', min: 0, max: 512, step: 8 });

export const maskFeatherEdges = defineNode({
  id: 'mask/feather-edges',
  version: 1,
  title: 'Feather mask edges',
  category: 'mask',
  doc: 'Fades a mask out towards the edges of its frame with a straight ramp on each side: for a piece that is laid into a larger picture without a seam. To soften what is painted inside, use Feather mask.',
  aliases: ['FeatherMask', 'Fade edges'],
  inputs: { mask: port('mask', fields) },
  outputs: { mask: port('mask', fields) },
  params: z.object({
    left: side('Left'),
    top: side('Top'),
    right: side('Right'),
    bottom: side('Bottom'),
  }),
  run({ inputs, params, runtime }) {
    const { mask } = inputs.mask;
    const { height, width } = nchw(mask);
    /** (k + 1)/n in the k-th place from an edge, 1 from the n-th on. */
    const ramp = (length: number, from: number, to: number): Float32Array =>
      Float32Array.from({ length }, (_, index) => {
        const [start, end] = [Math.min(from, length), Math.min(to, length)];
        const rise = index < start ? (index + 1) / start : 1;
        const fall = length - 1 - index < end ? (length - index) / end : 1;
        return rise * fall;
      });
    const across = ramp(width, params.left, params.right);
    const down = ramp(height, params.top, params.bottom);
    const values = new Float32Array(height * width);
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        values[row * width + column] = (down[row] ?? 1) * (across[column] ?? 1);
    const faded = runtime.ops.multiply(mask, runtime.ops.from(values, [1, 1, height, width]));
    return Promise.resolve({ mask: { kind: 'mask', mask: faded } });
  },
});
