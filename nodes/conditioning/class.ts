import { z } from 'zod';
import { LoomError, defineNode, port, setOf, v } from '@/engine/types';
import { loading } from '../_shared/loading';
import { onePart } from './_entry';

export const conditioningClass = defineNode({
  id: 'conditioning/class',
  version: 1,
  title: 'Class label',
  category: 'conditioning',
  doc: 'Looks a class up in the learned embedding of the package (paper §4.3, class-conditional LDM) and gives it as one token for cross-attention. Leave the class empty for the learned null class, which stands for "any".',
  aliases: ['Class label', 'ClassEmbedder', 'Label'],
  inputs: {
    conditioner: port('conditioner', { for: v('K') }, { doc: 'The conditioner of the package.' }),
  },
  outputs: {
    conditioning: port(
      'conditioning',
      { for: v('K'), parts: setOf('class'), batch: 1 },
      { doc: 'The class part.' },
    ),
  },
  params: z.object({
    class: z.string().max(200).default('').meta({ widget: 'class', label: 'Class' }),
  }),
  async run({ inputs, params, runtime, signal, progress }) {
    const { conditioner } = inputs.conditioner;
    const embedder = conditioner.classes;
    if (!embedder) {
      throw new LoomError('bad-input', `The conditioner "${conditioner.id}" knows no classes.`, {
        port: 'conditioner',
      });
    }
    const index = params.class === '' ? null : embedder.classes.indexOf(params.class);
    if (index === -1) {
      throw new LoomError(
        'invalid-param',
        `"${params.class}" is not a class of this package.`,
        { path: 'class' },
        { fix: `Choose one of: ${embedder.classes.join(', ')}.` },
      );
    }
    const context = await embedder.encode([index], { ops: runtime.ops, ...loading({ signal, progress }) });
    return {
      conditioning: onePart(conditioner, { part: 'class', context, label: params.class }),
    };
  },
});
