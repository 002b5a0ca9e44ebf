import { z } from 'zod';
import { add, defineNode, port, v } from '@/engine/types';
import { marginParams } from '../_shared/edges';
import { nchw } from '../_shared/latent';
import { readFloats } from '../_shared/read';

export const imagePad = defineNode({
  id: 'image/pad',
  version: 1,
  title: 'Pad image',
  category: 'image',
  doc: 'Adds margins around an image, filled with a grey or with the pixels of its edge, and gives the mask of what was added: wire both into the sampler to let the model draw beyond the frame (outpainting). Overlap lets the mask reach into the picture, so that the seam is drawn anew too.',
  aliases: ['ImagePadForOutpaint', 'Pad Image for Outpainting', 'Outpaint'],
  inputs: { image: port('image', { batch: v('B'), height: v('H'), width: v('W') }) },
  outputs: {
    padded: port('image', { batch: v('B'), height: v('h'), width: v('w') }),
    mask: port('mask', { batch: 1, height: v('h'), width: v('w') }, { doc: '1 in the margins.' }),
  },
  params: z.object({
    ...marginParams,
    fill: z
      .enum(['edge', 'grey', 'white', 'black'])
      .default('edge')
      .meta({ widget: 'select', label: 'Fill' }),
    overlap: z
      .int()
      .min(0)
      .max(512)
      .default(0)
      .meta({ label: 'Overlap', unit: 'px', min: 0, max: 512, step: 8 }),
  }),
  equations: ({ top, bottom, left, right }) => ({
    top: [v('h'), add(v('H'), top + bottom)],
    left: [v('w'), add(v('W'), left + right)],
  }),
  async run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const { pixels } = inputs.image;
    const { fill, overlap, ...by } = params;
    const size = nchw(pixels);
    const padded =
      fill === 'edge'
        ? ops.from(edges(await readFloats(pixels), size, by), [
            size.batch,
            3,
            size.height + by.top + by.bottom,
            size.width + by.left + by.right,
          ])
        : ops.pad(pixels, by, { grey: 0, white: 1, black: -1 }[fill]);
    // The mask: a field of zeros as large as what is kept, in a frame of ones.
    const inner = {
      top: by.top > 0 ? overlap : 0,
      bottom: by.bottom > 0 ? overlap : 0,
      left: by.left > 0 ? overlap : 0,
      right: by.right > 0 ? overlap : 0,
    };
    const kept = [
      Math.max(0, size.height - inner.top - inner.bottom),
      Math.max(0, size.width - inner.left - inner.right),
    ];
    const zeros = ops.full([1, 1, ...kept], 0);
    const frame = {
      top: by.top + inner.top,
      bottom: by.bottom + inner.bottom,
      left: by.left + inner.left,
      right: by.right + inner.right,
    };
    return {
      padded: { kind: 'image', pixels: padded },
      mask: { kind: 'mask', mask: ops.pad(zeros, frame, 1) },
    };
  },
});

/** Each margin pixel takes the value of the nearest pixel of the image. */
function edges(
  values: Float32Array,
  size: {
    readonly batch: number;
    readonly channels: number;
    readonly height: number;
    readonly width: number;
  },
  by: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number },
): Float32Array {
  const [height, width] = [size.height + by.top + by.bottom, size.width + by.left + by.right];
  const planes = size.batch * size.channels;
  const out = new Float32Array(planes * height * width);
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y++) {
      const fromY = Math.min(size.height - 1, Math.max(0, y - by.top));
      for (let x = 0; x < width; x++) {
        const fromX = Math.min(size.width - 1, Math.max(0, x - by.left));
        out[(plane * height + y) * width + x] =
          values[(plane * size.height + fromY) * size.width + fromX] ?? 0;
      }
    }
  }
  return out;
}
