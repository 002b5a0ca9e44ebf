/**
 * Whole samplings of packages made by the real exporter, as a graph of nodes from seed to picture, against diffusers. The
 * goldens start from the product's own Philox noise, so that a seed names them.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecutor, infer, parseDocument, plan, type AnyValue } from '@/engine';
import { createBackend } from '@/engine/tensor/ort-node';
import type { Backend } from '@/engine/types';
import { createCatalog, createModelSource } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { registry } from '@/nodes/registry';
import { goldenOf, modelIn, psnr } from './golden';

const root = process.env['LOOM_ONNX_FIXTURES'] ?? new URL('../../fixtures/onnx/', import.meta.url).pathname;
const signal = new AbortController().signal;
let backend: Backend;
beforeAll(async () => {
  backend = await createBackend({ threads: 2 });
});
afterAll(() => backend.dispose());

interface Case {
  readonly package: string;
  readonly case: string;
  readonly sampler: string;
  readonly schedule: string;
  /** Decibels that the picture must reach. */
  readonly bar: number;
}
const one = (name: string, which: string, sampler: string, schedule: string, bar = 60): Case => ({
  package: name,
  case: which,
  sampler,
  schedule,
  bar,
});
const cases: readonly Case[] = [
  one('sd15-fp32', 'ddim', 'ddim', 'trailing'),
  one('sd15-fp32', 'euler', 'euler', 'own'),
  one('sd15-fp32', 'other_prompt', 'ddim', 'trailing'),
  one('sd15-fp32', 'long_prompt_cut', 'ddim', 'trailing'),
  one('sd15-fp16', 'ddim', 'ddim', 'trailing', 45),
  one('sd15-fp16', 'euler', 'euler', 'own', 45),
  one('sd15-fp16', 'long_prompt_cut', 'ddim', 'trailing', 45),
  one('sd21-v', 'ddim', 'ddim', 'trailing'),
  one('sd21-v', 'euler', 'euler', 'own'),
  one('sd-turbo', 'own', 'euler', 'own'),
  one('sd-turbo', 'four_steps', 'euler', 'own'),
  one('lcm', 'own', 'lcm', 'own'),
  one('lcm', 'one_step', 'lcm', 'own'),
  one('lcm', 'weaker', 'lcm', 'own'),
  one('sdxl', 'ddim', 'ddim', 'trailing'),
  one('sdxl', 'own', 'euler', 'own'),
  one('sdxl', 'no_negative', 'euler', 'own'),
  one('sdxl', 'cropped', 'euler', 'own'),
  one('ldm-uncond', 'ddim', 'ddim', 'trailing'),
  one('taesd', 'ddim', 'ddim', 'trailing'),
  one('taesd', 'euler', 'euler', 'own'),
];

for (const wanted of cases) {
  const folder = join(root, wanted.package);
  const there = existsSync(join(folder, 'golden', `${wanted.case}.png`));
  describe.skipIf(!there)(`${wanted.package}, ${wanted.case}`, () => {
    it(`draws diffusers' picture to ${wanted.bar} dB`, async () => {
      const { golden, array, png } = goldenOf(folder);
      const found = golden.cases.find(({ name }) => name === wanted.case);
      if (found === undefined) throw new Error('no such case');
      const known = await modelIn(folder);
      const { id } = known.description;
      const { call } = found;
      const hasText = known.description.conditioner.text !== undefined;
      const prompt = (text: string | undefined) => ({
        type: 'conditioning/text',
        params: {
          text: text ?? '',
          tooLong: 'cut',
          ...(call.original_size && {
            originalHeight: call.original_size[0],
            originalWidth: call.original_size[1],
          }),
          ...(call.crops_coords_top_left && {
            cropTop: call.crops_coords_top_left[0],
            cropLeft: call.crops_coords_top_left[1],
          }),
        },
      });
      const { factor } = known.description.latent;
      const [height, width] = found.size_in_cells;
      const nodes = {
        package: { type: 'model/package', params: { package: id } },
        ...(hasText && { positive: prompt(call.prompt) }),
        ...(call.negative_prompt !== undefined && { negative: prompt(call.negative_prompt) }),
        unet: { type: 'sampling/unet', params: { guidance: Math.max(1, call.guidance_scale ?? 1) } },
        noise: {
          type: 'latent/noise',
          params: { seed: String(found.seed), width: width * factor, height: height * factor },
        },
        sampler: {
          type: 'sampling/sampler',
          params: {
            sampler: wanted.sampler,
            schedule: wanted.schedule,
            steps: call.num_inference_steps ?? found.timesteps.length,
          },
        },
        decode: { type: 'first-stage/decode', params: {} },
      };
      const wires = [
        'package.unet>unet.unet',
        'package.unet>noise.unet',
        ...(hasText
          ? ['package.conditioner>positive.conditioner', 'positive.conditioning>unet.positive']
          : []),
        ...(call.negative_prompt === undefined
          ? []
          : ['package.conditioner>negative.conditioner', 'negative.conditioning>unet.negative']),
        'unet.denoiser>sampler.denoiser',
        'noise.noise>sampler.noise',
        'package.firstStage>decode.firstStage',
        'sampler.latent>decode.latent',
      ];
      const values = await draw(nodes, wires, known);
      const latent = array(`${wanted.case}_latent`);
      const got = await values.latent.read();
      const spread = Math.sqrt(
        latent.data.reduce((sum, value) => sum + value * value, 0) / latent.data.length,
      );
      const picture = await values.image.read();
      const reference = decode(png(wanted.case));
      const [, , rows = 0, columns = 0] = values.image.dims;
      const mine = Float32Array.from(reference.data, (_, i) => {
        const [pixel, channel] = [Math.floor(i / reference.channels), i % reference.channels];
        return Math.round((Number(picture[channel * rows * columns + pixel]) + 1) * 127.5);
      });
      const db = {
        latent: psnr(Array.from(got, Number), latent.data, spread),
        picture: psnr(mine, reference.data, 255),
      };
      values.release();
      if (process.env['LOOM_SAY'] !== undefined) console.log(wanted.package, wanted.case, db);
      expect(reference.channels).toBe(3);
      expect(db.picture).toBeGreaterThan(wanted.bar);
    }, 120_000);
  });
}

type Known = Parameters<typeof createCatalog>[0][number];

async function draw(nodes: Record<string, unknown>, wires: readonly string[], known: Known) {
  const edges = wires.map((wire, i) => {
    const [from = '', to = ''] = wire.split('>');
    const [a = '', b = ''] = from.split('.');
    const [c = '', d = ''] = to.split('.');
    return [`e${i}`, { from: { node: a, port: b }, to: { node: c, port: d } }];
  });
  const { document } = parseDocument({
    format: 'latent-loom',
    version: 1,
    id: 'golden',
    title: 'Golden',
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => [
        id,
        {
          version: registry.get(Reflect.get(Object(node), 'type'))?.version ?? 1,
          x: 0,
          y: 0,
          ...Object(node),
        },
      ]),
    ),
    edges: Object.fromEntries(edges),
  });
  const models = createModelSource({ backend, files: createNodeFiles('models'), packages: [known] });
  const executor = createExecutor({
    backend,
    models,
    images: {
      decode: () => Promise.reject(new Error('none')),
      decodeIndices: () => Promise.reject(new Error('none')),
    },
    assets: { read: () => Promise.reject(new Error('none')) },
  });
  const inference = infer({ document, registry, catalog: createCatalog([known]) });
  expect(inference.diagnostics).toEqual([]);
  const planned = plan(inference, { targets: ['decode'], device: backend.info });
  const result = await executor.run(planned, { signal });
  if (result.failed[0]) throw result.failed[0].error;
  const borrow = (node: string, port: string) => {
    const borrowed = executor.borrow({ node, port, side: 'out' });
    if (borrowed === undefined) throw new Error(`nothing at ${node}.${port}`);
    return borrowed;
  };
  const image = borrow('decode', 'image');
  const latent = borrow('sampler', 'latent');
  return {
    image: tensor(image.value),
    latent: tensor(latent.value),
    release: () => {
      image.release();
      latent.release();
      executor.dispose();
      void models.unload();
    },
  };
}

function tensor(value: AnyValue) {
  if (value.kind === 'image') return value.pixels;
  if (value.kind === 'latent') return value.samples;
  throw new Error(`a ${value.kind}`);
}
