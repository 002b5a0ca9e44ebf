/**
 * A node pack: one ES module. Try it with `npx loom nodes --nodes examples/node-pack/index.mjs`, or load the file in
 * the editor (commands: Load node pack). It gets the zod and the engine that are running; bundle anything else into it.
 */
import { defineNode, port, v } from 'latent-loom/engine';
import { z } from 'zod';

/** The id is the first part of every node's id, by which documents know the pack. */
export const pack = { id: 'example', version: '1.0.0', title: 'Example nodes' };

const size = { batch: v('B'), height: v('H'), width: v('W') };

/** The output is as large as the input, whatever that is: both name the same variables. */
export const negative = defineNode({
  id: 'example/negative',
  version: 1,
  title: 'Negative',
  category: 'image',
  doc: 'Turns light into dark, as far as the strength says: 0 leaves the picture, 1 is the negative.',
  inputs: { image: port('image', size) },
  outputs: { image: port('image', size) },
  params: z.object({
    strength: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .meta({ widget: 'slider', label: 'Strength', min: 0, max: 1, step: 0.01 }),
  }),
  async run({ inputs, params, runtime }) {
    // Pictures are in −1…1, so that the negative of x is −x.
    const pixels = runtime.ops.linear([[1 - 2 * params.strength, inputs.image.pixels]]);
    return { image: { kind: 'image', pixels } };
  },
});
