import { z } from 'zod';
import { broadcast, defineNode, port, v } from '@/engine/types';
import { readFloats } from '../_shared/read';
import { matchedImages } from './_pair';

const size = { height: v('h'), width: v('w') };
const fields = { ...size, batch: broadcast(v('B')) };

export const imageDifference = defineNode({
  id: 'image/difference',
  version: 1,
  title: 'Difference',
  category: 'image',
  doc: 'Shows where two images differ: black where they agree, brighter the more they disagree, multiplied by a gain so that small errors of a first stage can be seen. The text gives the mean square error and the peak signal-to-noise ratio in dB over values 0…255.',
  aliases: ['Image difference', 'PSNR', 'Compare images'],
  inputs: { a: port('image', fields), b: port('image', fields) },
  outputs: {
    image: port('image', { ...size, batch: v('B') }),
    figures: port('text', {}, { doc: 'MSE and PSNR.' }),
  },
  params: z.object({
    gain: z
      .number()
      .min(0)
      .max(100)
      .default(4)
      .meta({ widget: 'slider', label: 'Gain', min: 1, max: 20, step: 0.5 }),
  }),
  async run({ inputs, params, runtime }) {
    const { a, b } = matchedImages(runtime.ops, inputs.a, inputs.b);
    const [one, other] = [await readFloats(a), await readFloats(b)];
    let squares = 0;
    const shown = one.map((value, i) => {
      // −1…1 spans 255 levels.
      const difference = Math.abs(value - (other[i] ?? 0)) / 2;
      squares += difference * difference;
      return Math.min(1, difference * params.gain) * 2 - 1;
    });
    const mse = squares / Math.max(1, one.length);
    const psnr = mse === 0 ? 'identical' : `${(-10 * Math.log10(mse)).toFixed(2)} dB`;
    return {
      image: { kind: 'image', pixels: runtime.ops.from(shown, a.dims) },
      figures: { kind: 'text', text: `MSE ${(mse * 255 * 255).toFixed(3)}\nPSNR ${psnr}` },
    };
  },
});
