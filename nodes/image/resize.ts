import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
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
    const clamp =
      params.mode === 'bicubic' ? (x: typeof pixels) => ops.clamp(x, -1, 1) : (x: typeof pixels) => x;
    const resized = (w: number, h: number) =>
      clamp(ops.resize(pixels, Math.max(1, h), Math.max(1, w), params.mode));
    if (params.fit === 'stretch') {
      return Promise.resolve({ resized: { kind: 'image', pixels: resized(params.width, params.height) } });
    }
    const scales = [params.width / width, params.height / height];
    const scale = params.fit === 'cover' ? Math.max(...scales) : Math.min(...scales);
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)].map((s) => Math.max(1, s));
    const inner = resized(w ?? 1, h ?? 1);
    const [dx, dy] = [params.width - (w ?? 1), params.height - (h ?? 1)];
    const [left, top] = [Math.floor(dx / 2), Math.floor(dy / 2)];
    const framed = ops.pad(inner, { top, bottom: dy - top, left, right: dx - left }, 0);
    return Promise.resolve({ resized: { kind: 'image', pixels: framed } });
  },
});
