import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { fileParam } from '../_shared/params';
import { pictureSize } from '../_shared/picture-size';
import { imageTensor, maskTensor, readPicture } from '../_shared/pixels';

export const imageLoad = defineNode({
  id: 'image/load',
  version: 1,
  title: 'Load image',
  category: 'image',
  doc: 'Takes in a picture (PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF; of an animation the first frame) that was dropped, pasted or picked, turned upright by its Exif orientation, its colours brought to sRGB by its profile. Its transparency comes out as a mask: 1 (regenerate) where the picture is transparent. Transparent pixels are laid over the chosen background.',
  aliases: ['LoadImage', 'Load Image', 'Image Primitive'],
  inputs: {},
  outputs: {
    image: port('image', { batch: 1, height: v('H'), width: v('W') }),
    mask: port(
      'mask',
      { batch: 1, height: v('H'), width: v('W') },
      { doc: '1 where the picture is transparent.' },
    ),
  },
  params: z.object({
    source: fileParam.meta({ widget: 'image-file', label: 'Picture' }),
    background: z
      .enum(['white', 'black', 'keep'])
      .default('white')
      .meta({ widget: 'select', label: 'Behind transparency', advanced: true }),
  }),
  // What the document carries says its size at once; of a file elsewhere only the run tells.
  refine({ source }) {
    const size = pictureSize(source);
    return size === undefined
      ? {}
      : { image: { kind: 'image', fields: { ...size } }, mask: { kind: 'mask', fields: { ...size } } };
  },
  async run({ params, runtime }) {
    const picture = await readPicture(runtime, params.source);
    const background = { white: 255, black: 0, keep: undefined }[params.background];
    return {
      image: { kind: 'image', pixels: imageTensor(runtime.ops, picture, background) },
      mask: {
        kind: 'mask',
        mask: maskTensor(runtime.ops, picture, (pixel) => 1 - (picture.rgba[pixel * 4 + 3] ?? 255) / 255),
      },
    };
  },
});
