import { z } from 'zod';
import { LoomError, defineNode, port, v } from '@/engine/types';
import { checkSize } from '../_shared/pixels';

export const imageSemanticMap = defineNode({
  id: 'image/semantic-map',
  version: 1,
  title: 'Semantic map',
  category: 'image',
  doc: 'A map painted with the label palette of the package: brush, fill and rectangle, or an imported indexed PNG whose pixel values are label indices. Each label tells the model what stands there (skin, hair, clothes, …); "none" leaves it free.',
  aliases: ['Segmentation painter', 'Label map', 'Semantic painter'],
  inputs: {
    conditioner: port('conditioner', { labels: v('L') }, { doc: 'Gives the labels and their colours.' }),
  },
  outputs: { map: port('semantic-map', { labels: v('L'), batch: 1, height: v('H'), width: v('W') }) },
  params: z.object({
    map: z.string().min(1).nullable().default(null).meta({ widget: 'map-painter', label: 'Map' }),
  }),
  async run({ inputs, params, runtime }) {
    const { conditioner } = inputs.conditioner;
    const labels = conditioner.map?.labels;
    if (!labels) {
      throw new LoomError('bad-input', `The conditioner "${conditioner.id}" takes no semantic map.`, {
        port: 'conditioner',
      });
    }
    if (params.map === null) {
      const empty = new Uint8Array(256 * 256);
      return { map: { kind: 'semantic-map', labels, map: runtime.ops.from(empty, [1, 256, 256]) } };
    }
    const { width, height, indices } = await runtime.images.decodeIndices(
      await runtime.assets.read(params.map),
    );
    checkSize(width, height, 'map');
    const wrong = indices.find((index) => index >= labels.labels.length);
    if (wrong !== undefined) {
      throw new LoomError(
        'bad-input',
        `The map has a pixel of label ${wrong}, but "${labels.id}" ends at ${labels.labels.length - 1}.`,
        { path: 'map' },
        { fix: 'Paint it again with the palette of this package.' },
      );
    }
    return { map: { kind: 'semantic-map', labels, map: runtime.ops.from(indices, [1, height, width]) } };
  },
});
