import { z } from 'zod';
import { broadcast, defineNode, port, v } from '@/engine/types';
import { matchedImages } from './_pair';

const size = { height: v('h'), width: v('w') };
const fields = { ...size, batch: broadcast(v('B')) };

export const imageCompare = defineNode({
  id: 'image/compare',
  version: 1,
  title: 'Compare',
  category: 'image',
  doc: 'Shows two images of one size behind a slider: A to its left, B to its right. The output is the same split as one image, so that the comparison can be saved.',
  aliases: ['Image Comparer', 'Before after', 'A/B'],
  inputs: { a: port('image', fields), b: port('image', fields) },
  outputs: { image: port('image', { ...size, batch: v('B') }) },
  params: z.object({
    split: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .meta({ widget: 'slider', label: 'Split', min: 0, max: 1, step: 0.01 }),
  }),
  sink: true,
  shows: 'compare',
  run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const { a, b } = matchedImages(ops, inputs.a, inputs.b);
    const width = a.dims[3] ?? 0;
    const at = Math.round(width * params.split);
    const pieces = [
      ...(at > 0 ? [ops.slice(a, 3, 0, at)] : []),
      ...(at < width ? [ops.slice(b, 3, at, width)] : []),
    ];
    return Promise.resolve({ image: { kind: 'image', pixels: ops.concat(pieces, 3) } });
  },
});
