import { z } from 'zod';
import { defineNode, port } from '@/engine/types';

export const utilityShowText = defineNode({
  id: 'utility/show-text',
  version: 1,
  title: 'Text',
  category: 'utility',
  doc: 'Shows a text that another node puts out: the token view of a prompt, or the error figures of a comparison.',
  aliases: ['Show Text', 'PreviewAny', 'Display text'],
  inputs: { text: port('text') },
  outputs: {},
  params: z.object({}),
  sink: true,
  run: () => Promise.resolve({}),
});
