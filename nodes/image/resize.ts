import { z } from 'zod';
import { defineNode, port, v, type Tensor } from '@/engine/types';
import { nchw } from '../_shared/latent';

const side = (label: string) =>
  z.int().min(1).max(4096).default(256).meta({ label, unit: 'px', min: 1, max: 4096, step: 8 });

export const imageResize = defineNode({
  id: 'image/resize',
  version: 1,
  title: 'Resize image',
  category: 'image',
  doc: 'Brings an image to a size in pixels: stretched, covering the frame and cut at the edges, or contained in it with margins in grey. Area averaging is the right way to make a picture smaller, bicubic to make it larger.',
  aliases: ['ImageScale', 'Resize Image', 'Image Resize'],
  inputs: { image: port('image', { batch: v('B') }) },
  outputs: { resized: port('image', { batch: v('B'), height: v('h'), width: v('w') }) },
  params: z.object({
    width: side('Width'),
    height: side('Height'),
    fit: z.enum(['stretch', 'cover', 'contain']).default('cover').meta({ widget: 'select', label: 'Fit' }),
    mode: z
      .enum(['area', 'bicubic', 'bilinear', 'nearest'])
      .default('area')
      .meta({ widget: 'select', label: 'Mode' }),
  }),
  refine: (params) => ({
    resized: { kind: 'image', fields: { batch: v('B'), height: params.height, width: params.width } },
  }),
  run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const { pixels } = inputs.image;
    const { height, width } = nchw(pixels);
    // Bicubic taps may shoot over.
    const scaled = (from: Tensor, w: number, h: number) => {
      const to = ops.resize(from, h, w, params.mode);
      return params.mode === 'bicubic' ? ops.clamp(to, -1, 1) : to;
    };
    if (params.fit === 'contain') {
      const scale = Math.min(params.width / width, params.height / height);
      const [w, h] = [whole(width * scale), whole(height * scale)];
      const by = centred(params.width - w, params.height - h);
      return Promise.resolve({ resized: { kind: 'image', pixels: ops.pad(scaled(pixels, w, h), by, 0) } });
    }
    let source = pixels;
    if (params.fit === 'cover') {
      // Cut before it is scaled: a strip of 10,000 × 1 would grow beyond all bounds otherwise.
      const scale = Math.max(params.width / width, params.height / height);
      const [w, h] = [whole(params.width / scale), whole(params.height / scale)];
      if (w < width || h < height) source = ops.pad(pixels, centred(w - width, h - height), 0);
    }
    return Promise.resolve({
      resized: { kind: 'image', pixels: scaled(source, params.width, params.height) },
    });
  },
});

/** A side in whole pixels, at least one. */
const whole = (length: number): number => Math.max(1, Math.round(length));

/** Margins (or, negative, cuts) of so much in all, half on each side. */
function centred(dx: number, dy: number): { top: number; bottom: number; left: number; right: number } {
  const [left, top] = [Math.floor(dx / 2), Math.floor(dy / 2)];
  return { left, right: dx - left, top, bottom: dy - top };
}
