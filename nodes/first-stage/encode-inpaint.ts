import { z } from 'zod';
import { broadcast, defineNode, mul, port, v } from '@/engine/types';
import { latentFields, nchw, onlySize, spaceFields } from '../_shared/latent';
import { loading } from '../_shared/loading';
import { maskInBlocks } from '../_shared/mask';
import { readFloats } from '../_shared/read';

export const firstStageEncodeInpaint = defineNode({
  id: 'first-stage/encode-inpaint',
  version: 1,
  title: 'Encode for inpainting',
  category: 'first-stage',
  doc: 'Encodes an image with the masked region painted over in grey, and gives the mask grown by some pixels beside the latent: for drawing something wholly new into a hole. With strength 1 nothing of what was there is left; to keep a trace of it, use Encode and Mask for a latent.',
  aliases: ['VAEEncodeForInpaint', 'VAE Encode (for Inpainting)'],
  inputs: {
    firstStage: port('first-stage', { ...spaceFields, ...onlySize }),
    image: port('image', { batch: v('B'), height: mul(v('F'), v('h')), width: mul(v('F'), v('w')) }),
    mask: port(
      'mask',
      { batch: broadcast(v('B')) },
      { doc: '1 = draw anew; brought to the size of the image.' },
    ),
  },
  outputs: {
    latent: port('latent', latentFields()),
    mask: port('mask', { batch: v('D'), height: mul(v('F'), v('h')), width: mul(v('F'), v('w')) }),
  },
  params: z.object({
    grow: z
      .int()
      .min(0)
      .max(64)
      .default(6)
      .meta({ widget: 'slider', label: 'Grow mask by', unit: 'px', min: 0, max: 64, step: 1 }),
  }),
  async run({ inputs, params, runtime, signal, progress }) {
    const { ops } = runtime;
    const { firstStage } = inputs.firstStage;
    const { pixels } = inputs.image;
    const { height, width } = nchw(pixels);
    const { factor } = firstStage.space;
    const soft = ops.resize(inputs.mask.mask, height, width, 'bilinear');
    const hard = (await readFloats(soft)).map((value) => (value >= 0.5 ? 1 : 0));
    // Grey is 0 on a wire.
    const keep = ops.from(
      hard.map((value) => 1 - value),
      soft.dims,
    );
    const { mean } = await firstStage.encode(ops.multiply(pixels, keep), {
      ops,
      ...loading({ signal, progress }),
    });
    const grown = ops.from(grownBy(hard, height, width, params.grow), soft.dims);
    const mask = maskInBlocks(ops, grown, { height: height / factor, width: width / factor }, factor);
    return {
      latent: { kind: 'latent', space: firstStage.space, samples: mean },
      mask: { kind: 'mask', mask },
    };
  },
});

/** 1 wherever a square of side `size` around the pixel meets the mask; an even square reaches one further up and left. */
function grownBy(mask: Float32Array, height: number, width: number, size: number): Float32Array {
  if (size <= 1) return mask;
  const before = Math.ceil((size - 1) / 2);
  const after = size - 1 - before;
  const pass = (values: Float32Array, step: number, length: number, at: (index: number) => number) => {
    const out = new Float32Array(values.length);
    for (let index = 0; index < values.length; index++) {
      const place = at(index);
      for (let k = -Math.min(before, place); k <= Math.min(after, length - 1 - place); k++)
        if ((values[index + k * step] ?? 0) > 0) {
          out[index] = 1;
          break;
        }
    }
    return out;
  };
  const rows = pass(mask, 1, width, (index) => index % width);
  return pass(rows, width, height, (index) => Math.floor(index / width) % height);
}
