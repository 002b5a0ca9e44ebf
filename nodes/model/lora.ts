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
    lora: z.string().max(400).default('').meta({ widget: 'lora', label: 'LoRA' }),
    strength: strength('Strength'),
    textStrength: strength('Text strength'),
  }),
  packages: ({ lora }) => (lora === '' ? [] : [lora]),
  async run({ inputs, params, runtime, signal, progress }) {
    const { unet } = inputs.unet;
    const conditioner = inputs.conditioner?.conditioner ?? unet.conditioner;
    const same = { unet: inputs.unet, conditioner: { kind: 'conditioner' as const, conditioner } };
    if (params.lora === '' || (params.strength === 0 && params.textStrength === 0)) return same;
    const load = loading({ signal, progress });
    if (!runtime.models.lora || !unet.withLora)
      throw new LoomError(
        'unsupported',
        'A LoRA is added to tensors by name, and this model came as ready-made graphs.',
        { path: 'lora' },
        { fix: 'Open the model from its safetensors (a checkpoint or a diffusers folder).' },
      );
    const file = await runtime.models.lora(params.lora, load);
    const adapted = await unet.withLora(file, params.strength, load);
    const words = (await conditioner.withLora?.(file, params.textStrength, load)) ?? conditioner;
    // A prompt that is not wired is the empty one, encoded as the others are: by the conditioner that passes through.
    const own = inputs.conditioner === undefined ? unet.conditioner : words;
    return {
      unet: { kind: 'unet', unet: adapted.conditioner === own ? adapted : { ...adapted, conditioner: own } },
      conditioner: { kind: 'conditioner', conditioner: words },
    };
  },
});
