/** From A1111's `parameters` to a graph: what it names, in its dialect and with its noise. */
import { documentVersion, parseDocument, type LoomDocument } from '@/engine';
import { fromA1111 } from '@/nodes/sampling/_math/tool-names';
import type { Difference } from '../comfy/mapping/types';
import type { ImportOptions } from '../comfy/import';
import type { ImportReport, NodeReport } from '../comfy/report';
import { readParameters, type Parameters } from './parameters';

interface Chosen {
  readonly params: Readonly<Record<string, string | number>>;
  readonly differences: readonly Difference[];
}

/** Sampler and schedule by the table beside the samplers; Euler where the name is not known. */
function samplerOf(values: Parameters['values']): Chosen {
  const name = values['sampler'] ?? 'Euler';
  const named = fromA1111(name, values['schedule type']);
  if (!named)
    return {
      params: { sampler: 'euler', schedule: 'normal' },
      differences: [{ code: 'sampler', what: name }],
    };
  const { near, ...params } = named;
  return { params, differences: near ? [{ code: 'sampler', what: name }] : [] };
}

const number = (text: string | undefined, otherwise: number): number => {
  const value = Number(text);
  return text !== undefined && text !== '' && Number.isFinite(value) ? value : otherwise;
};

/**
 * The graph that a picture's parameters name: checkpoint, two prompts, noise of the size, sampler, decoder.
 * @throws LoomError as {@link readParameters}
 */
export function importParameters(
  text: string,
  options: ImportOptions,
): { readonly document: LoomDocument; readonly report: ImportReport } {
  const { prompt, negative, values } = readParameters(text);
  const { params: chosen, differences } = samplerOf(values);
  const [width, height] = (values['size'] ?? '').split('x').map((side) => Math.round(number(side, 0)));
  const model = values['model'] ?? values['model hash'] ?? '';
  const file = { kind: 'checkpoint', name: model } as const;
  const id = model === '' ? undefined : options.modelId?.(file);
  const seed = /^\d{1,20}$/.exec(values['seed'] ?? '')?.[0] ?? '0';
  // Weights by A1111's rule, long prompts in chunks; "Clip skip: 2" leaves one layer out.
  const reading = {
    weights: 'scale',
    tooLong: 'chunk',
    clipSkip: Math.min(12, Math.max(0, Math.round(number(values['clip skip'], 1)) - 1)),
  };
  const hires = values['hires upscale'] !== undefined || values['hires steps'] !== undefined;
  const image = values['denoising strength'] !== undefined && !hires;
  const random = values['rng'] ?? 'GPU';
  const part = (type: string, x: number, y: number, params: Record<string, unknown>, title?: string) => ({
    type,
    version: options.registry.get(type)?.version ?? 1,
    position: { x, y },
    params,
    ...(title !== undefined && { title }),
  });
  const document = parseDocument({
    format: 'latent-loom',
    version: documentVersion,
    nodes: {
      model: part('model/package', 0, 0, model === '' ? {} : { package: id ?? model }),
      prompt: part('conditioning/text', 340, 0, { text: prompt, ...reading }, 'Prompt'),
      negative: part('conditioning/text', 340, 320, { text: negative, ...reading }, 'Negative prompt'),
      noise: part('latent/noise', 340, 640, {
        seed,
        generator: random === 'CPU' ? 'torch-cpu' : 'torch-cuda',
        seeds: 'each',
        ...((width ?? 0) > 0 && (height ?? 0) > 0 && { width, height }),
      }),
      unet: part('sampling/unet', 680, 0, { guidance: number(values['cfg scale'], 7) }),
      sampler: part('sampling/sampler', 1020, 0, {
        ...chosen,
        steps: Math.max(1, Math.round(number(values['steps'], 20))),
        dialect: 'a1111',
      }),
      decode: part('first-stage/decode', 1360, 0, {}),
      image: part('image/output', 1700, 0, {}),
    },
    edges: Object.fromEntries(
      (
        [
          ['model.conditioner', 'prompt.conditioner'],
          ['model.conditioner', 'negative.conditioner'],
          ['model.unet', 'noise.unet'],
          ['model.unet', 'unet.unet'],
          ['prompt.conditioning', 'unet.positive'],
          ['negative.conditioning', 'unet.negative'],
          ['unet.denoiser', 'sampler.denoiser'],
          ['noise.noise', 'sampler.noise'],
          ['model.firstStage', 'decode.firstStage'],
          ['sampler.latent', 'decode.latent'],
          ['decode.image', 'image.image'],
        ] as const
      ).map(([from, to], index) => [`e${index + 1}`, { from: end(from), to: end(to) }]),
    ),
    meta: options.title === undefined ? {} : { title: options.title },
  }).document;
  const loras = [...(prompt + negative).matchAll(/<lora:([^:>]+)/g)].map((match) => match[1] ?? '');
  const nodes: readonly NodeReport[] = [
    said('model', 'Model', []),
    said(
      'prompt',
      'Prompt',
      loras.map((what) => ({ code: 'lora-tag', what }) as const),
    ),
    said('negative', 'Negative prompt', []),
    said('noise', 'Seed', []),
    said('sampler', values['sampler'] ?? 'Sampler', [
      ...differences,
      // A picture drawn from another, or drawn in two passes: the first pass is what is here.
      ...(image ? [{ code: 'from-image' } as const] : []),
      ...(hires ? [{ code: 'two-pass' } as const] : []),
    ]),
  ];
  return {
    document,
    report: {
      source: 'a1111',
      nodes,
      missing: model === '' || id !== undefined ? [] : [{ ...file, nodes: ['model'] }],
      dropped: 0,
    },
  };
}

const end = (name: string): { node: string; port: string } => {
  const [node = '', port = ''] = name.split('.');
  return { node, port };
};

const said = (node: string, type: string, differences: readonly Difference[]): NodeReport => ({
  id: node,
  type,
  node,
  outcome: differences.length > 0 ? 'nearly' : 'exact',
  differences,
});
