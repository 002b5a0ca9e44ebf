import { z } from 'zod';
import {
  LoomError,
  defineNode,
  port,
  setOf,
  v,
  type PictureSizes,
  type Token,
  type TokenView,
} from '@/engine/types';
import { loading } from '../_shared/loading';
import { onePart } from './_entry';

/** Pixels that only a U-Net with size conditioning (SDXL) reads; 0 = of the picture drawn. */
const pixels = (label: string) =>
  z
    .int()
    .min(0)
    .max(16_384)
    .default(0)
    .meta({ label, unit: 'px', min: 0, max: 4096, step: 8, advanced: true });

export const conditioningText = defineNode({
  id: 'conditioning/text',
  version: 2,
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
      .enum(['refuse', 'cut', 'chunk'])
      .default('refuse')
      .meta({ widget: 'select', label: 'Too long', advanced: true }),
    weights: z
      .enum(['off', 'scale', 'interpolate'])
      .default('off')
      .meta({ widget: 'select', label: 'Weights', advanced: true }),
    clipSkip: z
      .int()
      .min(0)
      .max(12)
      .default(0)
      .meta({ label: 'CLIP skip', min: 0, max: 12, step: 1, advanced: true }),
    originalWidth: pixels('Original width'),
    originalHeight: pixels('Original height'),
    cropLeft: pixels('Crop left'),
    cropTop: pixels('Crop top'),
    targetWidth: pixels('Target width'),
    targetHeight: pixels('Target height'),
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
    const options = {
      tooLong: params.tooLong === 'chunk' ? ('chunk' as const) : ('cut' as const),
      weights: params.weights,
      clipSkip: params.clipSkip,
    };
    const view = await encoder.tokenize(params.text, options);
    if (view.overflow !== '' && params.tooLong === 'refuse') {
      throw new LoomError(
        'bad-input',
        `The prompt is too long: the encoder takes ${view.limit} tokens, and "${view.overflow}" does not fit.`,
        { path: 'text' },
        {
          fix: 'Shorten the prompt, or choose to cut it or to read it in chunks.',
          details: { limit: view.limit, overflow: view.overflow },
        },
      );
    }
    const { context, vector } = await encoder.encode([params.text], {
      ops: runtime.ops,
      ...loading({ signal, progress }),
      ...options,
    });
    return {
      conditioning: onePart(conditioner, {
        part: 'text',
        context,
        ...(vector && { vector, sizes: sizesOf(params) }),
        label: params.text,
      }),
      tokens: { kind: 'text', text: describe(view) },
    };
  },
});

/** The sizes that were given: 0 stands for what follows from the picture drawn. */
function sizesOf(params: Readonly<Record<keyof PictureSizes, number>>): PictureSizes {
  const { originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth } = params;
  return {
    ...(originalHeight > 0 && { originalHeight }),
    ...(originalWidth > 0 && { originalWidth }),
    cropTop,
    cropLeft,
    ...(targetHeight > 0 && { targetHeight }),
    ...(targetWidth > 0 && { targetWidth }),
  };
}

/** `flat avatar [?]zyx` and `3 of 32 tokens`. */
function describe(view: TokenView): string {
  const words = view.tokens.filter((token) => !token.special);
  const shown = ({ known, text, weight }: Token): string =>
    `${known ? '' : '[?]'}${text}${weight === undefined ? '' : `×${Number(weight.toFixed(2))}`}`;
  const line = words.map(shown).join(' ');
  const cut = view.overflow === '' ? '' : `; cut: ${view.overflow}`;
  return `${line}\n${words.length} of ${view.limit} tokens${cut}`;
}
