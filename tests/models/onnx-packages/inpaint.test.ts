/** Inpainting with nine channels: the Image condition's latent and mask in the order that diffusers' network was trained with. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createBackend } from '@/engine/tensor/ort-node';
import { createModelSource } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { createDenoiser } from '@/nodes/sampling/_denoiser';
import { modelSchedule } from '@/nodes/sampling/_math/model-schedule';
import { goldenOf, modelIn, relative } from './golden';

const root = process.env['LOOM_ONNX_FIXTURES'] ?? new URL('../../fixtures/onnx/', import.meta.url).pathname;
const folder = join(root, 'inpaint');
const backend = await createBackend({ threads: 2 });
afterAll(() => backend.dispose());

it.skipIf(!existsSync(folder))(
  'draws diffusers’ latent, the picture being given to both evaluations',
  async () => {
    const signal = new AbortController().signal;
    const { golden, array } = goldenOf(folder);
    const known = await modelIn(folder);
    const models = createModelSource({ backend, files: createNodeFiles('models'), packages: [known] });
    const { unet, conditioner } = await models.open(known.description.id, { signal });
    const found = golden.cases.find(({ name }) => name === 'ddim');
    if (unet === undefined || conditioner.text === undefined || found === undefined) throw new Error('part');
    const scope = backend.scope();
    const { ops } = scope;
    const load = { ops, signal };
    const given = (name: string) => ops.from(array(name).data, array(name).dims);
    const masked = given('masked_image_latents');
    const [, , height = 0, width = 0] = masked.dims;
    const mask = ops.resize(given('mask'), height, width, 'area');
    const text = await conditioner.text.encode([found.call.prompt ?? ''], load);
    const parts = {
      text: { part: 'text', context: text.context, label: '' },
      image: { part: 'image', concat: ops.concat([masked, mask], 1), label: 'image' },
    } as const;
    const denoiser = createDenoiser({
      unet,
      positive: [{ parts, weight: 1, start: 0, end: 1 }],
      negative: {},
      nulls: { text: await conditioner.text.encode([''], load) },
      guidance: { scales: found.call.guidance_scale ?? 1, rescale: 0, from: 0, to: 1 },
    });
    const { sigmas } = modelSchedule('trailing', found.call.num_inference_steps ?? 10, unet);
    let x = ops.linear([[Math.sqrt(1 + (sigmas[0] ?? 0) ** 2), given('ddim_noise')]]);
    // DDIM in the variance-exploding scale: along ε̂ to the next level.
    for (let i = 0; i + 1 < sigmas.length; i += 1) {
      const [sigma = 1, next = 0] = [sigmas[i], sigmas[i + 1]];
      const clean = await denoiser.denoise(x, sigma, i / (sigmas.length - 1), load);
      x = ops.linear([
        [next / sigma, x],
        [1 - next / sigma, clean],
      ]);
    }
    expect(await relative(x, array('ddim_latent'))).toBeLessThan(1e-4);
    scope.release();
    await models.unload();
  },
);
