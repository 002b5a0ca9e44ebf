import { z } from 'zod';
import { LoomError, defineNode, port, v } from '@/engine/types';
import { loading } from '../_shared/loading';

/** What a LoRA leaves as it is: everything that the types of a U-Net and of a conditioner say. */
const sameUnet = {
  space: v('S'),
  channels: v('C'),
  factor: v('F'),
  height: v('h'),
  width: v('w'),
  multiple: v('M'),
  onlyHeight: v('oh'),
  onlyWidth: v('ow'),
  for: v('K'),
  accepts: v('A'),
  guidance: v('G'),
  image: v('I'),
};
const sameConditioner = { for: v('K'), parts: v('P'), labels: v('L') };

const strength = (label: string) =>
  z.number().min(-4).max(4).default(1).meta({ widget: 'slider', label, min: -1, max: 2, step: 0.05 });

export const modelLora = defineNode({
  id: 'model/lora',
  version: 1,
  title: 'LoRA',
  category: 'model',
  queue: 'free',
  doc: 'Adds a LoRA (low-rank adaptation, Hu et al. 2106.09685) to the weights of the U-Net and of the text encoder, each with a strength of its own: W + strength · (α/r) · B·A. Strength 0 leaves the weights as they are. Put several in a row to add them all. It is applied as the weights are read, so that a run costs nothing more; it needs a model that was opened from safetensors.',
  aliases: ['LoraLoader', 'Load LoRA', 'LoraLoaderModelOnly', 'LCM-LoRA'],
  inputs: {
    unet: port('unet', sameUnet),
    conditioner: port('conditioner', sameConditioner, {
      optional: true,
      doc: 'The conditioner of the same package, where the LoRA changes the text encoder too.',
    }),
  },
  outputs: { unet: port('unet', sameUnet), conditioner: port('conditioner', sameConditioner) },
  params: z.object({
    lora: z.string().max(400).default('').meta({ widget: 'package', label: 'LoRA' }),
    strength: strength('Strength'),
    textStrength: strength('Text strength'),
  }),
  packages: ({ lora }) => (lora === '' ? [] : [lora]),
  async run({ inputs, params, runtime, signal, progress }) {
    const unet = inputs.unet.unet;
    const conditioner = inputs.conditioner?.conditioner;
    const own = conditioner ?? unet.conditioner;
    const nothing = params.lora === '' || (params.strength === 0 && params.textStrength === 0);
    if (nothing) return { unet: inputs.unet, conditioner: { kind: 'conditioner', conditioner: own } };
    if (!runtime.models.adapt)
      throw new LoomError('unsupported', 'LoRAs cannot be added here.', { path: 'lora' });
    const adapted = await runtime.models.adapt(
      { unet, ...(conditioner && { conditioner }) },
      {
        id: params.lora,
        unet: params.strength,
        // A conditioner that is not wired keeps its weights: prompts are encoded by the one of the package.
        text: conditioner ? params.textStrength : 0,
      },
      loading({ signal, progress }),
    );
    return {
      unet: { kind: 'unet', unet: adapted.unet ?? unet },
      conditioner: { kind: 'conditioner', conditioner: adapted.conditioner ?? own },
    };
  },
});
