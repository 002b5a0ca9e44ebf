import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { latentFields, nchw, spaceFields, withSamples } from '../_shared/latent';
import { readFloats } from '../_shared/read';

export const latentRotate = defineNode({
  id: 'latent/rotate',
  version: 1,
  title: 'Rotate latent',
  category: 'latent',
  doc: 'Turns a latent by quarter turns, clockwise as seen on the picture. Decoders know only upright textures, so a turned latent also shows what the first stage has learned about direction.',
  aliases: ['LatentRotate', 'Rotate Latent'],
  inputs: { latent: port('latent', latentFields()) },
  outputs: { latent: port('latent', { ...spaceFields, batch: v('B'), height: v('ho'), width: v('wo') }) },
  params: z.object({
    turn: z
      .enum(['90', '180', '270'])
      .default('90')
      .meta({ widget: 'select', label: 'Degrees', options: { 90: '90°', 180: '180°', 270: '270°' } }),
  }),
  refine: ({ turn }) => ({
    latent: {
      kind: 'latent',
      fields: turn === '180' ? { height: v('h'), width: v('w') } : { height: v('w'), width: v('h') },
    },
  }),
  async run({ inputs, params, runtime }) {
    const { latent } = inputs;
    const { batch, channels, height, width } = nchw(latent.samples);
    const values = await readFloats(latent.samples);
    const sideways = params.turn !== '180';
    const [outHeight, outWidth] = sideways ? [width, height] : [height, width];
    const out = new Float32Array(values.length);
    for (let plane = 0; plane < batch * channels; plane++) {
      const start = plane * height * width;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [toY, toX] = turned(params.turn, y, x, height, width);
          out[start + toY * outWidth + toX] = values[start + y * width + x] ?? 0;
        }
      }
    }
    const samples = runtime.ops.from(out, [batch, channels, outHeight, outWidth]);
    return { latent: withSamples(latent, samples) };
  },
});

/** Where cell (y, x) goes: clockwise, rows counted downwards. */
function turned(
  turn: '90' | '180' | '270',
  y: number,
  x: number,
  height: number,
  width: number,
): [number, number] {
  if (turn === '90') return [x, height - 1 - y];
  if (turn === '180') return [height - 1 - y, width - 1 - x];
  return [width - 1 - x, y];
}
