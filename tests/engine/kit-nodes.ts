/** Tiny nodes with the port types of the real ones, and arithmetic ones to count with. */
import { z } from 'zod';
import { defineNode, mul, port, setOf, union, v, within, type AnyNode } from '@/engine';
import { conditioningOf, registryOf } from './kit';

const space = { space: v('S'), channels: v('C'), factor: v('f') };
const latent = { ...space, batch: v('B'), height: v('h'), width: v('w') };
const cellPixels = { batch: v('B'), height: mul(v('f'), v('h')), width: mul(v('f'), v('w')) };
const image = { batch: v('B'), height: v('H'), width: v('W') };
const side = z.int().min(1).max(4096);
const tag = z.string().default('');

/** Called inside every run with the node's tag (or its type): may wait, throw, count. */
export type During = (name: string, signal: AbortSignal) => Promise<void> | void;

/** Fresh definitions that call `during` in every run. */
export function kitNodes(during: During = () => undefined): readonly AnyNode[] {
  const enter = (params: { readonly tag: string }, type: string, signal: AbortSignal) =>
    Promise.resolve(during(params.tag || type, signal));
  return [
    defineNode({
      id: 'kit/package',
      version: 1,
      title: 'Package',
      category: 'model',
      doc: 'Opens a package.',
      queue: 'free',
      inputs: {},
      outputs: {
        unet: port('unet', { ...space, for: v('K'), accepts: v('A') }),
        firstStage: port('first-stage', { ...space, type: v('T') }),
        conditioner: port('conditioner', { for: v('K'), parts: v('A'), labels: v('L') }),
      },
      params: z.object({ package: z.string().default('kl'), tag }),
      packages: (params) => [params.package],
      refine(params, catalog) {
        const ports = catalog.ports(params.package);
        return ports
          ? { unet: ports.unet, firstStage: ports['first-stage'], conditioner: ports.conditioner }
          : {};
      },
      async run({ params, runtime, signal }) {
        await enter(params, 'package', signal);
        const opened = await runtime.models.open(params.package, { signal });
        if (!opened.unet) throw new Error('no U-Net');
        return {
          unet: { kind: 'unet', unet: opened.unet },
          firstStage: { kind: 'first-stage', firstStage: opened.firstStage },
          conditioner: { kind: 'conditioner', conditioner: opened.conditioner },
        };
      },
    }),
    defineNode({
      id: 'kit/image',
      version: 1,
      title: 'Picture',
      category: 'image',
      doc: 'A plain image; `unknown`: of a size that only the run tells, as from a file.',
      inputs: {},
      outputs: { image: port('image', image) },
      params: z.object({
        height: side.default(16),
        width: side.default(16),
        value: z.number().default(0),
        unknown: z.boolean().default(false),
        tag,
      }),
      refine: ({ height, width, unknown }) =>
        unknown ? {} : { image: { kind: 'image', fields: { batch: 1, height, width } } },
      async run({ params, runtime, signal }) {
        await enter(params, 'image', signal);
        return {
          image: {
            kind: 'image',
            pixels: runtime.ops.full([1, 3, params.height, params.width], params.value),
          },
        };
      },
    }),
    defineNode({
      id: 'kit/resize',
      version: 1,
      title: 'Resize',
      category: 'image',
      doc: 'Another size.',
      inputs: { image: port('image', { batch: v('B') }) },
      outputs: { image: port('image', { batch: v('B') }) },
      params: z.object({ height: side.default(64), width: side.default(64), tag }),
      refine: ({ height, width }) => ({ image: { kind: 'image', fields: { height, width } } }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'resize', signal);
        return {
          image: {
            kind: 'image',
            pixels: runtime.ops.resize(inputs.image.pixels, params.height, params.width, 'nearest'),
          },
        };
      },
    }),
    defineNode({
      id: 'kit/mask',
      version: 1,
      title: 'Mask',
      category: 'mask',
      doc: 'Multiplies two images of one size.',
      inputs: { image: port('image', image), mask: port('image', { height: v('H'), width: v('W') }) },
      outputs: { image: port('image', image) },
      params: z.object({ tag }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'mask', signal);
        return {
          image: { kind: 'image', pixels: runtime.ops.multiply(inputs.image.pixels, inputs.mask.pixels) },
        };
      },
    }),
    defineNode({
      id: 'kit/encode',
      version: 1,
      title: 'Encode',
      category: 'first-stage',
      doc: 'Image to latent.',
      inputs: { firstStage: port('first-stage', space), image: port('image', cellPixels) },
      outputs: { latent: port('latent', latent) },
      params: z.object({ tag }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'encode', signal);
        const { firstStage } = inputs.firstStage;
        const { mean } = await firstStage.encode(inputs.image.pixels, { ops: runtime.ops, signal });
        return { latent: { kind: 'latent', space: firstStage.space, samples: mean } };
      },
    }),
    defineNode({
      id: 'kit/decode',
      version: 1,
      title: 'Decode',
      category: 'first-stage',
      doc: 'Latent to image.',
      inputs: { firstStage: port('first-stage', space), latent: port('latent', latent) },
      outputs: { image: port('image', cellPixels) },
      params: z.object({ tag }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'decode', signal);
        const decoded = await inputs.firstStage.firstStage.decode(inputs.latent.samples, {
          ops: runtime.ops,
          signal,
        });
        return { image: { kind: 'image', pixels: decoded } };
      },
    }),
    defineNode({
      id: 'kit/text',
      version: 1,
      title: 'Text',
      category: 'conditioning',
      doc: 'A prompt.',
      inputs: { conditioner: port('conditioner', { for: v('K') }) },
      outputs: { conditioning: port('conditioning', { for: v('K'), parts: setOf('text') }) },
      params: z.object({ text: z.string().default(''), tag }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'text', signal);
        const context = runtime.ops.full([1, 2, 8], params.text.length);
        return {
          conditioning: conditioningOf(inputs.conditioner.conditioner.id, {
            text: { part: 'text', context, label: params.text },
          }),
        };
      },
    }),
    defineNode({
      id: 'kit/class',
      version: 1,
      title: 'Class',
      category: 'conditioning',
      doc: 'A class label.',
      inputs: { conditioner: port('conditioner', { for: v('K') }) },
      outputs: { conditioning: port('conditioning', { for: v('K'), parts: setOf('class') }) },
      params: z.object({ class: z.string().default('boot'), tag }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'class', signal);
        const context = runtime.ops.full([1, 1, 8], 1);
        return {
          conditioning: conditioningOf(inputs.conditioner.conditioner.id, {
            class: { part: 'class', context, label: params.class },
          }),
        };
      },
    }),
    defineNode({
      id: 'kit/painter',
      version: 1,
      title: 'Painter',
      category: 'image',
      doc: 'A painted map.',
      inputs: { conditioner: port('conditioner', { labels: v('L') }) },
      outputs: { map: port('semantic-map', { labels: v('L') }) },
      params: z.object({ tag }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'painter', signal);
        const labels = inputs.conditioner.conditioner.map?.labels ?? { id: '', labels: [] };
        return { map: { kind: 'semantic-map', labels, map: runtime.ops.from(new Uint8Array(4), [1, 2, 2]) } };
      },
    }),
    defineNode({
      id: 'kit/map',
      version: 1,
      title: 'Map',
      category: 'conditioning',
      doc: 'Conditions on a map.',
      inputs: {
        conditioner: port('conditioner', { for: v('K'), labels: v('L') }),
        map: port('semantic-map', { labels: v('L') }),
      },
      outputs: { conditioning: port('conditioning', { for: v('K'), parts: setOf('map') }) },
      params: z.object({ tag }),
      async run({ inputs, params, signal }) {
        await enter(params, 'map', signal);
        return {
          conditioning: conditioningOf(inputs.conditioner.conditioner.id, {
            map: { part: 'map', concat: inputs.map.map, label: 'map' },
          }),
        };
      },
    }),
    defineNode({
      id: 'kit/combine',
      version: 1,
      title: 'Combine',
      category: 'conditioning',
      doc: 'Merges parts.',
      inputs: {
        a: port('conditioning', { for: v('K'), parts: v('P') }),
        b: port('conditioning', { for: v('K'), parts: v('Q') }),
        c: port('conditioning', { for: v('K'), parts: v('R') }, { optional: true }),
      },
      outputs: { conditioning: port('conditioning', { for: v('K'), parts: union(v('P'), v('Q'), v('R')) }) },
      params: z.object({ tag }),
      async run({ inputs, params, signal }) {
        await enter(params, 'combine', signal);
        const parts = [inputs.a, inputs.b, inputs.c].flatMap(
          (value) => value?.entries.map((entry) => entry.parts) ?? [],
        );
        return { conditioning: conditioningOf(inputs.a.conditioner.id, Object.assign({}, ...parts)) };
      },
    }),
    defineNode({
      id: 'kit/unet',
      version: 1,
      title: 'U-Net',
      category: 'sampling',
      doc: 'A denoiser, whose function reads a tensor that it does not list.',
      inputs: {
        unet: port('unet', { ...space, for: v('K'), accepts: v('A') }),
        positive: port('conditioning', { for: v('K'), parts: within(v('A')) }, { optional: true }),
        negative: port('conditioning', { for: v('K'), parts: within(v('A')) }, { optional: true }),
      },
      outputs: { denoiser: port('denoiser', space) },
      params: z.object({ guidance: z.number().min(0).max(30).default(4), tag }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'unet', signal);
        const { unet } = inputs.unet;
        const bias = runtime.ops.full([1, unet.space.channels, 2, 2], params.guidance);
        return {
          denoiser: {
            kind: 'denoiser',
            space: unet.space,
            unet,
            denoise: (x, _sigma, _at, { ops }) =>
              Promise.resolve(
                ops.linear([
                  [0.5, x],
                  [0.1, bias],
                ]),
              ),
          },
        };
      },
    }),
    defineNode({
      id: 'kit/noise',
      version: 1,
      title: 'Noise',
      category: 'latent',
      doc: 'Start noise.',
      inputs: { unet: port('unet', space) },
      outputs: { noise: port('noise', latent) },
      params: z.object({ seed: z.string().default('0'), tag }),
      refine: () => ({ noise: { kind: 'noise', fields: { batch: 1, height: 2, width: 2 } } }),
      async run({ inputs, params, runtime, signal }) {
        await enter(params, 'noise', signal);
        const { space: of } = inputs.unet.unet;
        const seed = BigInt(params.seed);
        return {
          noise: {
            kind: 'noise',
            space: of,
            seed,
            samples: runtime.ops.noise([1, of.channels, 2, 2], { seed, stream: 0 }),
          },
        };
      },
    }),
    defineNode({
      id: 'kit/sampler',
      version: 1,
      title: 'Sampler',
      category: 'sampling',
      doc: 'Denoises in steps.',
      inputs: {
        denoiser: port('denoiser', space),
        noise: port('noise', latent),
        latent: port('latent', latent, { optional: true }),
      },
      outputs: { latent: port('latent', latent) },
      params: z.object({ steps: z.int().min(1).max(100).default(2), tag }),
      async run({ inputs, params, runtime, signal, progress, preview }) {
        await enter(params, 'sampler', signal);
        const { denoiser, noise } = inputs;
        let x = noise.samples.retain();
        try {
          for (let step = 0; step < params.steps; step++) {
            signal.throwIfAborted();
            const next = (
              await denoiser.denoise(x, 1, step / params.steps, { ops: runtime.ops, signal })
            ).retain();
            x.release();
            x = next;
            progress({ done: step + 1, total: params.steps, unit: 'steps' });
            preview('latent', { kind: 'latent', space: denoiser.space, samples: x });
          }
          return { latent: { kind: 'latent', space: denoiser.space, samples: runtime.ops.linear([[1, x]]) } };
        } finally {
          x.release();
        }
      },
    }),
    defineNode({
      id: 'kit/output',
      version: 1,
      title: 'Output',
      category: 'image',
      doc: 'Shows an image.',
      sink: true,
      inputs: { image: port('image') },
      outputs: {},
      params: z.object({ tag }),
      async run({ params, signal }) {
        await enter(params, 'output', signal);
        return {};
      },
    }),
    ...arithmetic(enter),
  ];
}

/** Nodes on numbers, each holding a small tensor so that leaks show. */
function arithmetic(
  enter: (params: { readonly tag: string }, type: string, signal: AbortSignal) => Promise<void>,
): readonly AnyNode[] {
  return [
    defineNode({
      id: 'kit/number',
      version: 2,
      title: 'Number',
      category: 'utility',
      doc: 'A number. Version 1 called its parameter `n`.',
      inputs: {},
      outputs: { number: port('number') },
      params: z.object({ value: z.number().min(-1e6).max(1e6).default(0), tag }),
      migrate: { 1: ({ n, ...rest }) => (n === undefined ? rest : { ...rest, value: n }) },
      warnings: {
        large: {
          message: '{value} is large.',
          path: 'value',
          when: ({ value }) => value > 1e5 && { value },
        },
        huge: { message: 'too large.', path: 'value', severity: 'error', when: ({ value }) => value > 9e5 },
      },
      async run({ params, runtime, signal }) {
        runtime.ops.full([4], params.value);
        await enter(params, 'number', signal);
        return { number: { kind: 'number', value: params.value } };
      },
    }),
    defineNode({
      id: 'kit/sum',
      version: 1,
      title: 'Sum',
      category: 'utility',
      doc: 'a + b + c.',
      inputs: {
        a: port('number'),
        b: port('number', {}, { optional: true }),
        c: port('number', {}, { optional: true }),
      },
      outputs: { number: port('number') },
      params: z.object({ plus: z.number().default(0), tag }),
      async run({ inputs, params, runtime, signal }) {
        runtime.ops.full([4], params.plus);
        await enter(params, 'sum', signal);
        return {
          number: {
            kind: 'number',
            value: inputs.a.value + (inputs.b?.value ?? 0) + (inputs.c?.value ?? 0) + params.plus,
          },
        };
      },
    }),
    defineNode({
      id: 'kit/paint',
      version: 1,
      title: 'Paint',
      category: 'image',
      doc: 'An image filled with a number.',
      inputs: { number: port('number'), over: port('image', {}, { optional: true }) },
      outputs: { image: port('image') },
      params: z.object({ tag }),
      async run({ inputs, params, runtime, signal }) {
        const pixels = runtime.ops.full([1, 3, 2, 2], inputs.number.value);
        await enter(params, 'paint', signal);
        return { image: { kind: 'image', pixels } };
      },
    }),
    defineNode({
      id: 'kit/switch',
      version: 1,
      title: 'Switch',
      category: 'utility',
      doc: 'One of two images; the other is not computed.',
      inputs: {
        off: port('image', {}, { lazy: true }),
        on: port('image', {}, { lazy: true, optional: true }),
      },
      outputs: { image: port('image') },
      params: z.object({ on: z.boolean().default(false), both: z.boolean().default(false), tag }),
      async run({ inputs, params, signal }) {
        await enter(params, 'switch', signal);
        if (params.both) {
          const [off] = await Promise.all([inputs.off(), inputs.on()]);
          return { image: off };
        }
        return { image: (params.on ? await inputs.on() : undefined) ?? (await inputs.off()) };
      },
    }),
    defineNode({
      id: 'kit/clock',
      version: 1,
      title: 'Clock',
      category: 'utility',
      doc: 'Never the same.',
      cache: 'never',
      inputs: {},
      outputs: { number: port('number') },
      params: z.object({ tag }),
      async run({ params, signal }) {
        await enter(params, 'clock', signal);
        return { number: { kind: 'number', value: 1 } };
      },
    }),
    defineNode({
      id: 'kit/show',
      version: 1,
      title: 'Show',
      category: 'utility',
      doc: 'Shows a number.',
      sink: true,
      inputs: { number: port('number') },
      outputs: {},
      params: z.object({ tag }),
      async run({ params, signal }) {
        await enter(params, 'show', signal);
        return {};
      },
    }),
  ];
}

export const kit = registryOf(kitNodes());
