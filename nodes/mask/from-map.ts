import { z } from 'zod';
import { LoomError, defineNode, port, v } from '@/engine/types';
import { readBytes } from '../_shared/read';

export const maskFromMap = defineNode({
  id: 'mask/from-map',
  version: 1,
  title: 'Mask from map',
  category: 'mask',
  doc: 'The region of some labels of a semantic map as a mask: 1 where the map has one of them. Name the labels as the palette does, separated by commas; with this, "draw the hair anew" needs no painting of its own.',
  aliases: ['Segmentation mask', 'SegmToMask', 'Select label'],
  inputs: { map: port('semantic-map', { labels: v('L'), batch: v('B'), height: v('H'), width: v('W') }) },
  outputs: { mask: port('mask', { batch: v('B'), height: v('H'), width: v('W') }) },
  params: z.object({
    labels: z.string().max(1000).default('hair').meta({ widget: 'text', label: 'Labels' }),
  }),
  async run({ inputs, params, runtime }) {
    const { labels, map } = inputs.map;
    const wanted = new Set(
      params.labels
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => {
          const index = labels.labels.findIndex((label) => label.name === name);
          if (index === -1) {
            const known = labels.labels.map((label) => label.name).join(', ');
            throw new LoomError(
              'invalid-param',
              `"${name}" is not a label of "${labels.id}".`,
              { path: 'labels' },
              { fix: `Choose from: ${known}.` },
            );
          }
          return index;
        }),
    );
    const [batch = 1, height = 1, width = 1] = map.dims;
    const values = Float32Array.from(await readBytes(map), (label) => (wanted.has(label) ? 1 : 0));
    return { mask: { kind: 'mask', mask: runtime.ops.from(values, [batch, 1, height, width]) } };
  },
});
