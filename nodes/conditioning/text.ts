import { z } from 'zod';
import { LoomError, defineNode, port, setOf, v, type TokenView } from '@/engine/types';
import { loading } from '../_shared/loading';
import { onePart } from './_entry';

export const conditioningText = defineNode({
  id: 'conditioning/text',
  version: 1,
  title: 'Text prompt',
  category: 'conditioning',
  doc: 'Encodes a prompt for cross-attention (paper §3.3): the words become tokens, the text encoder τ_θ turns them into a context that every attention layer of the U-Net reads. The token view tells which words the model knows and how many fit. A prompt that is too long is refused unless cutting is chosen, so nothing is lost unseen. The empty prompt is the null condition.',
  aliases: ['CLIPTextEncode', 'Prompt', 'CLIP Text Encode'],
  inputs: {
    conditioner: port(
      'conditioner',
      { for: v('K') },
      { doc: 'The conditioner of the package whose U-Net will read it.' },
    ),
  },
  outputs: {
    conditioning: port(
      'conditioning',
      { for: v('K'), parts: setOf('text'), batch: 1 },
      { doc: 'The text part.' },
    ),
    tokens: port(
      'text',
      {},
      { doc: 'Token view: unknown words are marked [?]; the last line says how many tokens fit.' },
    ),
  },
  params: z.object({
    text: z.string().max(10_000).default('').meta({ widget: 'prompt', label: 'Prompt' }),
    tooLong: z
      .enum(['refuse', 'cut'])
      .default('refuse')
      .meta({ widget: 'select', label: 'Too long', advanced: true }),
  }),
  async run({ inputs, params, runtime, signal, progress }) {
    const { conditioner } = inputs.conditioner;
    const encoder = conditioner.text;
    if (!encoder) {
      throw new LoomError(
        'bad-input',
        `The conditioner "${conditioner.id}" has no text encoder.`,
        { port: 'conditioner' },
        { fix: 'Use a class or map condition with this package.' },
      );
    }
    const view = await encoder.tokenize(params.text);
    if (view.overflow !== '' && params.tooLong === 'refuse') {
      throw new LoomError(
        'bad-input',
        `The prompt is too long: the encoder takes ${view.limit} tokens, and "${view.overflow}" does not fit.`,
        { path: 'text' },
        {
          fix: 'Shorten the prompt, or choose to cut it.',
          details: { limit: view.limit, overflow: view.overflow },
        },
      );
    }
    const context = await encoder.encode([params.text], {
      ops: runtime.ops,
      ...loading({ signal, progress }),
    });
    return {
      conditioning: onePart(conditioner, { part: 'text', context, label: params.text }),
      tokens: { kind: 'text', text: describe(view) },
    };
  },
});

/** `flat avatar [?]zyx` and `3 of 32 tokens`. */
function describe(view: TokenView): string {
  const words = view.tokens.filter((token) => !token.special);
  const line = words.map((token) => (token.known ? token.text : `[?]${token.text}`)).join(' ');
  const cut = view.overflow === '' ? '' : `; cut: ${view.overflow}`;
  return `${line}\n${words.length} of ${view.limit} tokens${cut}`;
}
