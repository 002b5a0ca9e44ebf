import { z } from 'zod';
import { defineNode, port } from '@/engine/types';

export const imageOutput = defineNode({
  id: 'image/output',
  version: 1,
  title: 'Image',
  category: 'image',
  doc: 'Shows the finished image and keeps it: this is what Run computes. In the browser it can be saved as a PNG that carries the graph and the seed; the command line writes it to the file named by --out.',
  aliases: ['PreviewImage', 'SaveImage', 'Preview Image', 'Save Image'],
  inputs: { image: port('image', {}, { doc: 'The image (or batch) to show.' }) },
  outputs: {},
  params: z.object({
    name: z.string().max(100).default('loom').meta({ widget: 'text', label: 'File name', advanced: true }),
  }),
  sink: true,
  run: () => Promise.resolve({}),
});
