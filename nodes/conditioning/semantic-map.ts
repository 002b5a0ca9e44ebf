import { z } from 'zod';
import { LoomError, defineNode, port, setOf, v } from '@/engine/types';
import { onePart } from './_entry';

export const conditioningSemanticMap = defineNode({
  id: 'conditioning/semantic-map',
  version: 1,
  title: 'Map condition',
  category: 'conditioning',
  doc: 'Makes a painted semantic map a condition: its labels are brought to latent size, written as one channel per label and concatenated to the latent that the U-Net sees (paper §4.3.2, semantic synthesis). Where the map says "none", the model is free.',
  aliases: ['Semantic map', 'Segmentation', 'SpatialRescaler'],
  inputs: {
    conditioner: port(
      'conditioner',
      { for: v('K'), labels: v('L') },
      { doc: 'The conditioner of the package.' },
    ),
    map: port(
      'semantic-map',
      { labels: v('L'), batch: v('B') },
      { doc: 'A map with the labels of this package.' },
    ),
  },
  outputs: {
    conditioning: port(
      'conditioning',
      { for: v('K'), parts: setOf('map'), batch: v('B') },
      { doc: 'The map part.' },
    ),
  },
  params: z.object({}),
  run({ inputs }) {
    const { conditioner } = inputs.conditioner;
    const { map, labels } = inputs.map;
    if (!conditioner.map) {
      throw new LoomError('bad-input', `The conditioner "${conditioner.id}" takes no semantic map.`, {
        port: 'conditioner',
      });
    }
    if (conditioner.map.labels.id !== labels.id) {
      throw new LoomError(
        'bad-input',
        `The map is painted with the labels "${labels.id}", but the package uses "${conditioner.map.labels.id}".`,
        { port: 'map' },
      );
    }
    return Promise.resolve({
      conditioning: onePart(conditioner, { part: 'map', concat: map, label: labels.id }),
    });
  },
});
