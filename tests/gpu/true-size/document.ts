/** Text to picture by one package, as a document. */
const PROMPT = 'a photograph of an astronaut riding a horse';

interface Choice {
  readonly package: string;
  readonly seed: string;
  readonly steps: number;
  /** Pixels; 0 takes the size that the model was trained at. */
  readonly side: number;
}

/** The prompt, seed 7 and guidance 4 are those of `models/training/foreign/true_size.py`. */
export function textToImage({ package: id, seed, steps, side }: Choice) {
  const node = (type: string, version: number, params: Readonly<Record<string, unknown>> = {}) => ({
    type,
    version,
    params,
    position: { x: 0, y: 0 },
  });
  const nodes = {
    package: node('model/package', 1, { package: id }),
    prompt: node('conditioning/text', 2, { text: PROMPT }),
    negative: node('conditioning/text', 2, { text: '' }),
    noise: node('latent/noise', 2, { seed, width: side, height: side }),
    unet: node('sampling/unet', 1, { guidance: 4 }),
    sampler: node('sampling/sampler', 2, { sampler: 'ddim', schedule: 'trailing', steps }),
    decode: node('first-stage/decode', 1),
    image: node('image/output', 1),
  };
  const wires = [
    ['package.conditioner', 'prompt.conditioner'],
    ['package.conditioner', 'negative.conditioner'],
    ['package.unet', 'noise.unet'],
    ['package.unet', 'unet.unet'],
    ['prompt.conditioning', 'unet.positive'],
    ['negative.conditioning', 'unet.negative'],
    ['unet.denoiser', 'sampler.denoiser'],
    ['noise.noise', 'sampler.noise'],
    ['package.firstStage', 'decode.firstStage'],
    ['sampler.latent', 'decode.latent'],
    ['decode.image', 'image.image'],
  ] as const;
  const end = (at: string) => {
    const [from = '', port = ''] = at.split('.');
    return { node: from, port };
  };
  const edges = Object.fromEntries(
    wires.map(([from, to]) => [`${from}-${to}`, { from: end(from), to: end(to) }]),
  );
  return {
    format: 'latent-loom',
    version: 1,
    meta: {},
    nodes,
    edges,
    groups: {},
    notes: {},
    definitions: {},
  };
}
