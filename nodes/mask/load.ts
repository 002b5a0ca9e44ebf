import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { maskTensor, readPicture } from '../_shared/pixels';
import { fileParam } from '../_shared/params';

export const maskLoad = defineNode({
  id: 'mask/load',
  version: 1,
  title: 'Mask',
  category: 'mask',
  doc: 'A mask, painted here or read from a picture. Here 1 means "draw anew"; other programs mean the opposite (the LDM code\'s sampler keeps where its mask is 1), so the convention of the picture can be chosen: white or black draws anew, by brightness or by transparency.',
  aliases: ['LoadImageMask', 'Mask Editor', 'Load Mask', 'Inpaint mask'],
  inputs: {},
  outputs: { mask: port('mask', { batch: 1, height: v('H'), width: v('W') }) },
  params: z.object({
    source: fileParam.meta({ widget: 'mask-painter', label: 'Mask' }),
    channel: z
      .enum(['brightness', 'alpha'])
      .default('brightness')
      .meta({ widget: 'select', label: 'Read from', advanced: true }),
    convention: z
      .enum(['white-regenerates', 'white-keeps'])
      .default('white-regenerates')
      .meta({ widget: 'select', label: 'Convention', advanced: true }),
  }),
  async run({ params, runtime }) {
    const picture = await readPicture(runtime, params.source);
    const { rgba } = picture;
    const value = (pixel: number): number => {
      const at = pixel * 4;
      if (params.channel === 'alpha') return (rgba[at + 3] ?? 0) / 255;
      // Rec. 709 luma.
      return (0.2126 * (rgba[at] ?? 0) + 0.7152 * (rgba[at + 1] ?? 0) + 0.0722 * (rgba[at + 2] ?? 0)) / 255;
    };
    const clamped = (pixel: number): number => Math.min(1, Math.max(0, value(pixel)));
    const keeps = params.convention === 'white-keeps';
    const mask = maskTensor(runtime.ops, picture, (pixel) => (keeps ? 1 - clamped(pixel) : clamped(pixel)));
    return { mask: { kind: 'mask', mask } };
  },
});
