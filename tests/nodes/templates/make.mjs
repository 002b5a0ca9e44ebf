// Writes public/templates/*.json. Run: node tests/nodes/templates/make.mjs
// A template is a table of nodes (id, type, params, column, row) and a list of edges "node.port -> node.port".
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export const faceMap = readFileSync(here('./face-map.txt'), 'utf8').trim();
export const picture = readFileSync(here('./face-picture.txt'), 'utf8').trim();
export const clothesMask = readFileSync(here('./clothes-mask.txt'), 'utf8').trim();
export const PROMPT =
  'flat avatar, brown skin, red curly hair, blue hoodie, happy eyes, smile mouth, yellow background';
const COLUMN = 340;
const ROW = 260;

/** [id, type, params, column, row, title?] rows and edges → a document. */
export function graph(title, description, nodes, connections) {
  const document = {
    format: 'latent-loom',
    version: 1,
    nodes: {},
    edges: {},
    groups: {},
    notes: {},
    definitions: {},
    meta: { title, description },
  };
  for (const [id, type, params, column, row, nodeTitle] of nodes) {
    document.nodes[id] = {
      type,
      version: 1,
      params,
      position: { x: Math.round(column * COLUMN), y: Math.round(row * ROW) },
      ...(nodeTitle && { title: nodeTitle }),
    };
  }
  for (const connection of connections) {
    const [from, to] = connection.split('->').map((end) => {
      const [node, port] = end.trim().split('.');
      if (!document.nodes[node]) throw new Error(`${title}: no node ${node}`);
      return { node, port };
    });
    document.edges[`${from.node}.${from.port}-${to.node}.${to.port}`] = { from, to };
  }
  return document;
}

/** Keys sorted, two spaces: the canonical form of engine/document/serialise.ts. */
const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : value && typeof value === 'object'
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, sorted(value[key])]),
        )
      : value;

const pack = ['package', 'model/package', { package: 'loom-kl-f8' }, 0, 1];
// Drawn from noise, DPM++ 2M on Karras levels is 63–65 dB from the converged picture in 20 steps, DDIM on trailing 33–42
// (tests/bench/sampler-distance.ts). Where a strength or jumps count in training steps, the levels stay even in those.
const core = (sampler = {}, unet = {}, seed = '7', noise = {}) => [
  ['noise', 'latent/noise', { seed, ...noise }, 2, 2.4],
  ['unet', 'sampling/unet', { guidance: 4, ...unet }, 2, 0.6],
  ['sampler', 'sampling/sampler', { sampler: 'dpmpp-2m', steps: 20, schedule: 'karras', ...sampler }, 3, 0.6],
  ['decode', 'first-stage/decode', {}, 4, 0.6],
  ['image', 'image/output', {}, 5, 0.6],
];
const coreWires = [
  'package.unet -> unet.unet',
  'package.unet -> noise.unet',
  'package.firstStage -> decode.firstStage',
  'unet.denoiser -> sampler.denoiser',
  'noise.noise -> sampler.noise',
  'sampler.latent -> decode.latent',
  'decode.image -> image.image',
];

export const templates = {
  'text-to-image': graph(
    'Text to image',
    'A prompt and a class through the U-Net to a picture. The semantic map stands ready to be wired in.',
    [
      pack,
      ['prompt', 'conditioning/text', { text: PROMPT }, 1, 0],
      ['class', 'conditioning/class', { class: 'avatar:avataaars' }, 1, 1],
      ['condition', 'conditioning/combine', {}, 1.95, -0.3],
      ['negative', 'conditioning/text', { text: '' }, 1, 1.7, 'Negative prompt'],
      ['map', 'image/semantic-map', { map: null }, 1, 2.6],
      ...core(),
    ],
    [
      ...coreWires,
      'package.conditioner -> prompt.conditioner',
      'package.conditioner -> class.conditioner',
      'package.conditioner -> negative.conditioner',
      'package.conditioner -> map.conditioner',
      'prompt.conditioning -> condition.a',
      'class.conditioning -> condition.b',
      'condition.conditioning -> unet.positive',
      'negative.conditioning -> unet.negative',
    ],
  ),
  'class-to-image': graph(
    'Class to image',
    'One class label of the package, by cross-attention to its learned embedding.',
    [
      pack,
      ['class', 'conditioning/class', { class: 'clothing:t-shirt' }, 1, 0.4],
      ...core({}, { guidance: 2.5 }, '3'),
    ],
    [...coreWires, 'package.conditioner -> class.conditioner', 'class.conditioning -> unet.positive'],
  ),
  'map-to-image': graph(
    'Map to image',
    'A painted semantic map: paint on it with the label palette and run again.',
    [
      pack,
      ['map', 'image/semantic-map', { map: faceMap }, 1, 0],
      ['condition', 'conditioning/semantic-map', {}, 1, 1.4],
      ...core({}, { guidance: 3 }),
    ],
    [
      ...coreWires,
      'package.conditioner -> map.conditioner',
      'package.conditioner -> condition.conditioner',
      'map.map -> condition.map',
      'condition.conditioning -> unet.positive',
    ],
  ),
  unconditional: graph(
    'Unconditional',
    'No condition at all: what the model draws of its own accord, two at a time.',
    [pack, ...core({}, { guidance: 1 }, '11', { batch: 2 })],
    coreWires,
  ),

  'text-and-map': graph(
    'Text and map',
    "The words say what things look like, the map says where they are: both parts combined (the paper's hybrid conditioning), with a guidance scale for each.",
    [
      pack,
      [
        'prompt',
        'conditioning/text',
        {
          text: 'flat avatar, pale skin, pink straight hair, teal hoodie, happy eyes, smile mouth, lavender background',
        },
        1,
        0,
      ],
      ['map', 'image/semantic-map', { map: faceMap }, 1, 1.1],
      ['layout', 'conditioning/semantic-map', {}, 1, 2.5],
      ['condition', 'conditioning/combine', {}, 1.95, -0.3],
      ...core({}, { guidance: 4, perPart: true, textScale: 4, mapScale: 2 }),
    ],
    [
      ...coreWires,
      'package.conditioner -> prompt.conditioner',
      'package.conditioner -> map.conditioner',
      'package.conditioner -> layout.conditioner',
      'map.map -> layout.map',
      'prompt.conditioning -> condition.a',
      'layout.conditioning -> condition.b',
      'condition.conditioning -> unet.positive',
    ],
  ),
  'image-to-image': graph(
    'Image to image',
    'A picture is encoded, noised part of the way and drawn again under a prompt. Strength decides how far.',
    [
      pack,
      ['picture', 'image/load', { source: picture }, 0, 2.2],
      ['fit', 'image/resize', { width: 256, height: 256, fit: 'cover', mode: 'area' }, 1, 2.2],
      ['encode', 'first-stage/encode', {}, 2, 1.7],
      [
        'prompt',
        'conditioning/text',
        {
          text: 'flat avatar, brown skin, red short hair, green hoodie, default eyes, smile mouth, light blue background',
        },
        1,
        0,
      ],
      ...core({ sampler: 'ddim', schedule: 'trailing', strength: 0.8, steps: 30 }, { guidance: 5 }),
    ],
    [
      ...coreWires,
      'package.conditioner -> prompt.conditioner',
      'prompt.conditioning -> unet.positive',
      'picture.image -> fit.image',
      'fit.resized -> encode.image',
      'package.firstStage -> encode.firstStage',
      'encode.latent -> sampler.latent',
    ],
  ),
  inpainting: graph(
    'Inpainting',
    'Only the masked part is drawn anew: white in the mask. RePaint resampling (jumps) lets new and old settle into one picture; at the end the original pixels go back outside the mask.',
    [
      pack,
      ['picture', 'image/load', { source: picture }, 0, 2.2],
      ['mask', 'mask/load', { source: clothesMask }, 0, 3.5],
      ['grow', 'mask/grow', { pixels: 10 }, 1, 3.5],
      ['soft', 'mask/feather', { radius: 4 }, 2, 3.5],
      ['encode', 'first-stage/encode', {}, 2, 1.7],
      [
        'prompt',
        'conditioning/text',
        {
          text: 'flat avatar, tan skin, brown short hair, black blazer shirt, default eyes, smile mouth, light blue background',
        },
        1,
        0,
      ],
      ...core({ steps: 20, sampler: 'ddpm', schedule: 'trailing', resamplings: 2, jumpLength: 5 }).filter(
        ([id]) => id !== 'image',
      ),
      ['composite', 'image/composite', {}, 5, 1.2],
      ['image', 'image/output', {}, 6, 1.2],
    ],
    [
      ...coreWires.filter((connection) => !connection.startsWith('decode.')),
      'package.conditioner -> prompt.conditioner',
      'prompt.conditioning -> unet.positive',
      'picture.image -> encode.image',
      'package.firstStage -> encode.firstStage',
      'encode.latent -> sampler.latent',
      'mask.mask -> grow.mask',
      'grow.mask -> sampler.mask',
      'grow.mask -> soft.mask',
      'picture.image -> composite.a',
      'decode.image -> composite.b',
      'soft.mask -> composite.mask',
      'composite.image -> image.image',
    ],
  ),
  outpainting: graph(
    'Outpainting',
    'The upper part of a picture is kept, margins are added, and the model draws what lies beyond the frame.',
    [
      pack,
      ['picture', 'image/load', { source: picture }, 0, 2.2],
      ['crop', 'image/crop', { x: 0, y: 0, width: 256, height: 168 }, 1, 2.2],
      ['pad', 'image/pad', { top: 0, bottom: 88, left: 0, right: 0, fill: 'edge', overlap: 8 }, 1, 3.2],
      ['encode', 'first-stage/encode', {}, 2, 1.7],
      [
        'prompt',
        'conditioning/text',
        {
          text: 'flat avatar, tan skin, brown short hair, blue hoodie, default eyes, smile mouth, light blue background',
        },
        1,
        0,
      ],
      ...core({ steps: 20, sampler: 'ddpm', schedule: 'trailing', resamplings: 2, jumpLength: 5 }),
    ],
    [
      ...coreWires,
      'package.conditioner -> prompt.conditioner',
      'prompt.conditioning -> unet.positive',
      'picture.image -> crop.image',
      'crop.cropped -> pad.image',
      'pad.padded -> encode.image',
      'package.firstStage -> encode.firstStage',
      'encode.latent -> sampler.latent',
      'pad.mask -> sampler.mask',
    ],
  ),
  variations: graph(
    'Variations',
    'Five steps from the noise of one seed towards another along the sphere, drawn in one batch: near steps are variations of one picture.',
    [
      pack,
      ['prompt', 'conditioning/text', { text: 'flat avatar, hoodie, yellow background' }, 1, 0],
      ['noise', 'latent/noise', { seed: '7' }, 1, 1.2, 'First seed'],
      ['other', 'latent/noise', { seed: '8' }, 1, 2.4, 'Second seed'],
      ['walk', 'latent/noise-slerp', { from: 0, to: 1, count: 5 }, 2, 2],
      ...core({}, { guidance: 2 }).filter(([id]) => id !== 'noise' && id !== 'image'),
      ['grid', 'image/grid', { columns: 5, labels: '0\n0.25\n0.5\n0.75\n1' }, 5, 0.6],
      ['image', 'image/output', {}, 6, 0.6],
    ],
    [
      'package.unet -> unet.unet',
      'package.unet -> noise.unet',
      'package.unet -> other.unet',
      'package.firstStage -> decode.firstStage',
      'package.conditioner -> prompt.conditioner',
      'prompt.conditioning -> unet.positive',
      'noise.noise -> walk.a',
      'other.noise -> walk.b',
      'walk.noise -> sampler.noise',
      'unet.denoiser -> sampler.denoiser',
      'sampler.latent -> decode.latent',
      'decode.image -> grid.a',
      'grid.image -> image.image',
    ],
  ),
  'prompt-walk': graph(
    'Prompt walk',
    'From one prompt to another in five steps, with the same noise for all, as a labelled grid.',
    [
      pack,
      [
        'prompt',
        'conditioning/text',
        {
          text: 'flat avatar, pale skin, black short hair, red hoodie, happy eyes, smile mouth, mint background',
        },
        1,
        0,
        'From',
      ],
      [
        'other',
        'conditioning/text',
        {
          text: 'flat avatar, brown skin, pink long hair, blue hoodie, happy eyes, smile mouth, yellow background',
        },
        1,
        1,
        'To',
      ],
      ['walk', 'conditioning/interpolate', { count: 5 }, 1.95, -0.3],
      ...core({}, {}, '7', { batch: 5, same: true }).filter(([id]) => id !== 'image'),
      ['grid', 'image/grid', { columns: 5, labels: 'from\n1/4\n1/2\n3/4\nto' }, 5, 0.6],
      ['image', 'image/output', {}, 6, 0.6],
    ],
    [
      ...coreWires.filter((connection) => !connection.startsWith('decode.')),
      'package.conditioner -> prompt.conditioner',
      'package.conditioner -> other.conditioner',
      'prompt.conditioning -> walk.a',
      'other.conditioning -> walk.b',
      'walk.conditioning -> unet.positive',
      'decode.image -> grid.a',
      'grid.image -> image.image',
    ],
  ),
  'two-pass': graph(
    'Two passes',
    'A first pass draws the whole; its middle is cut out of the latent, enlarged, and a second pass at a low strength draws the detail that enlarging cannot give.',
    [
      pack,
      ['prompt', 'conditioning/text', { text: PROMPT }, 1, 0],
      ...core({}, {}, '7').filter(([id]) => id !== 'decode' && id !== 'image'),
      ['crop', 'latent/crop', { x: 24, y: 16, width: 208, height: 208 }, 4, 0.2],
      ['enlarge', 'latent/resize', { width: 256, height: 256, mode: 'bicubic' }, 5, 0.2],
      ['second', 'latent/noise', { seed: '21' }, 4, 2.4, 'Second noise'],
      [
        'refine',
        'sampling/sampler',
        { sampler: 'dpmpp-2m', steps: 24, schedule: 'trailing', strength: 0.4 },
        6,
        0.6,
        'Second pass',
      ],
      ['decode', 'first-stage/decode', {}, 7, 0],
      ['before', 'first-stage/decode', {}, 7, 1.4, 'Enlarged only'],
      ['compare', 'image/compare', { split: 0.5 }, 8, 1],
      ['image', 'image/output', {}, 8, 0],
    ],
    [
      'package.unet -> unet.unet',
      'package.unet -> noise.unet',
      'package.unet -> second.unet',
      'package.firstStage -> decode.firstStage',
      'package.firstStage -> before.firstStage',
      'package.conditioner -> prompt.conditioner',
      'prompt.conditioning -> unet.positive',
      'unet.denoiser -> sampler.denoiser',
      'noise.noise -> sampler.noise',
      'unet.denoiser -> refine.denoiser',
      'second.noise -> refine.noise',
      'sampler.latent -> crop.latent',
      'crop.latent -> enlarge.latent',
      'enlarge.latent -> refine.latent',
      'refine.latent -> decode.latent',
      'enlarge.latent -> before.latent',
      'before.image -> compare.a',
      'decode.image -> compare.b',
      'decode.image -> image.image',
    ],
  ),
  sweep: graph(
    'Sweep',
    'Guidance 1, 3 and 6 across, 6 and 20 steps down, the same noise for all, as a labelled grid.',
    [
      pack,
      ['prompt', 'conditioning/text', { text: PROMPT }, 1, 0],
      ['noise', 'latent/noise', { seed: '7' }, 1, 2.4],
      ...[1, 3, 6].map((guidance, k) => [`unet${guidance}`, 'sampling/unet', { guidance }, 2, k * 1.6]),
      ...[6, 20].flatMap((steps, row) =>
        [1, 3, 6].flatMap((guidance, k) => [
          [
            `sampler${guidance}x${steps}`,
            'sampling/sampler',
            { sampler: 'ddim', steps, schedule: 'trailing' },
            3 + row * 0.9,
            k * 1.6 + row * 0.3,
          ],
          [`decode${guidance}x${steps}`, 'first-stage/decode', {}, 5 + row * 0.9, k * 1.6 + row * 0.3],
        ]),
      ),
      [
        'grid',
        'image/grid',
        {
          columns: 3,
          labels: [6, 20]
            .flatMap((steps) => [1, 3, 6].map((guidance) => `w ${guidance}, ${steps} steps`))
            .join('\n'),
        },
        7,
        1,
      ],
      ['image', 'image/output', {}, 8, 1],
    ],
    [
      'package.conditioner -> prompt.conditioner',
      'package.unet -> noise.unet',
      ...[1, 3, 6].flatMap((guidance) => [
        `package.unet -> unet${guidance}.unet`,
        `prompt.conditioning -> unet${guidance}.positive`,
      ]),
      ...[6, 20].flatMap((steps, row) =>
        [1, 3, 6].flatMap((guidance, k) => [
          `unet${guidance}.denoiser -> sampler${guidance}x${steps}.denoiser`,
          `noise.noise -> sampler${guidance}x${steps}.noise`,
          `sampler${guidance}x${steps}.latent -> decode${guidance}x${steps}.latent`,
          `package.firstStage -> decode${guidance}x${steps}.firstStage`,
          `decode${guidance}x${steps}.image -> grid.${'abcdef'[row * 3 + k]}`,
        ]),
      ),
      'grid.image -> image.image',
    ],
  ),
  'first-stages': graph(
    'KL against VQ',
    'The same picture through both kinds of first stage, and what each loses: the difference, eight times enlarged, with its PSNR.',
    [
      ['kl', 'model/first-stage', { package: 'loom-kl-f8' }, 0, 0, 'KL'],
      ['vq', 'model/first-stage', { package: 'loom-vq-f8' }, 0, 3, 'VQ'],
      ['picture', 'image/load', { source: picture }, 0, 1.3],
      ['klEncode', 'first-stage/encode', { take: 'mean' }, 1, 0],
      ['vqEncode', 'first-stage/encode', { quantise: true }, 1, 3],
      ['klDecode', 'first-stage/decode', {}, 2, 0],
      ['vqDecode', 'first-stage/decode', {}, 2, 3],
      ['klLoss', 'image/difference', { gain: 8 }, 3, 0],
      ['vqLoss', 'image/difference', { gain: 8 }, 3, 3],
      ['klFigures', 'utility/show-text', {}, 4, 0, 'KL error'],
      ['vqFigures', 'utility/show-text', {}, 4, 3, 'VQ error'],
      [
        'grid',
        'image/grid',
        { columns: 3, labels: 'picture\nKL\nKL difference\npicture\nVQ\nVQ difference' },
        4,
        1.3,
      ],
      ['image', 'image/output', {}, 5, 1.3],
    ],
    [
      'kl.firstStage -> klEncode.firstStage',
      'kl.firstStage -> klDecode.firstStage',
      'vq.firstStage -> vqEncode.firstStage',
      'vq.firstStage -> vqDecode.firstStage',
      'picture.image -> klEncode.image',
      'picture.image -> vqEncode.image',
      'klEncode.latent -> klDecode.latent',
      'vqEncode.latent -> vqDecode.latent',
      'picture.image -> klLoss.a',
      'klDecode.image -> klLoss.b',
      'picture.image -> vqLoss.a',
      'vqDecode.image -> vqLoss.b',
      'klLoss.figures -> klFigures.text',
      'vqLoss.figures -> vqFigures.text',
      'picture.image -> grid.a',
      'klDecode.image -> grid.b',
      'klLoss.image -> grid.c',
      'picture.image -> grid.d',
      'vqDecode.image -> grid.e',
      'vqLoss.image -> grid.f',
      'grid.image -> image.image',
    ],
  ),
  'class-to-codes': graph(
    'Class to codes',
    'The second package: a small U-Net draws a class in the VQ space, its latent becomes codebook indices, and the indices a picture. Without the class it is unconditional.',
    [
      ['package', 'model/package', { package: 'loom-vq-f8' }, 0, 1],
      ['class', 'conditioning/class', { class: 'clothing:t-shirt' }, 1, 0.4],
      ...core({}, { guidance: 3 }, '3').filter(([id]) => id !== 'decode' && id !== 'image'),
      ['codes', 'first-stage/quantise', {}, 4, 0.6],
      ['lookUp', 'first-stage/look-up', {}, 5, 0.6],
      ['decode', 'first-stage/decode', {}, 6, 0.6],
      ['image', 'image/output', {}, 7, 0.6],
    ],
    [
      ...coreWires.filter((connection) => !connection.startsWith('sampler.')),
      'package.conditioner -> class.conditioner',
      'class.conditioning -> unet.positive',
      'package.firstStage -> codes.firstStage',
      'package.firstStage -> lookUp.firstStage',
      'sampler.latent -> codes.latent',
      'codes.codes -> lookUp.codes',
      'lookUp.latent -> decode.latent',
    ],
  ),
  codes: graph(
    'VQ codes',
    'A picture becomes codebook indices, and the indices become a picture again.',
    [
      ['vq', 'model/first-stage', { package: 'loom-vq-f8' }, 0, 0],
      ['picture', 'image/load', { source: picture }, 0, 1.2],
      ['encode', 'first-stage/encode', {}, 1, 0.4],
      ['codes', 'first-stage/quantise', {}, 2, 0.4],
      ['lookUp', 'first-stage/look-up', {}, 3, 0.4],
      ['decode', 'first-stage/decode', {}, 4, 0.4],
      ['image', 'image/output', {}, 5, 0.4],
    ],
    [
      ...['encode', 'codes', 'lookUp', 'decode'].map((id) => `vq.firstStage -> ${id}.firstStage`),
      'picture.image -> encode.image',
      'encode.latent -> codes.latent',
      'codes.codes -> lookUp.codes',
      'lookUp.latent -> decode.latent',
      'decode.image -> image.image',
    ],
  ),
  branching: graph(
    'Branch half-way',
    'One sampling runs 8 of 20 steps; from there two samplers go on, one as it was, one under another prompt: the layout stays, the rest changes. The schedule is a node of its own, and the token view shows what the model knows.',
    [
      pack,
      ['prompt', 'conditioning/text', { text: PROMPT }, 1, -0.4],
      [
        'other',
        'conditioning/text',
        {
          text: 'flat avatar, pale skin, yellow curly hair, green hoodie, happy eyes, smile mouth, lavender background',
        },
        1,
        0.6,
        'Other prompt',
      ],
      ['tokens', 'utility/show-text', {}, 2, -1.2, 'Token view'],
      ['schedule', 'sampling/schedule', { steps: 20, schedule: 'karras' }, 1, 2],
      ['noise', 'latent/noise', { seed: '7' }, 1, 3.4],
      ['unet', 'sampling/unet', { guidance: 4 }, 2, 0],
      ['unet2', 'sampling/unet', { guidance: 4 }, 2, 1.6],
      ['begin', 'sampling/sampler', { sampler: 'dpmpp-2m', endStep: 8 }, 3, 0, 'First 8 steps'],
      ['same', 'sampling/sampler', { sampler: 'dpmpp-2m' }, 4, -0.4, 'As it was'],
      ['branch', 'sampling/sampler', { sampler: 'dpmpp-2m' }, 4, 1.4, 'Branch'],
      ['decode', 'first-stage/decode', {}, 5, -0.4],
      ['decode2', 'first-stage/decode', {}, 5, 1.4],
      ['grid', 'image/grid', { columns: 2, labels: 'as it was\nother prompt' }, 6, 0.4],
      ['image', 'image/output', {}, 7, 0.4],
    ],
    [
      'package.unet -> unet.unet',
      'package.unet -> unet2.unet',
      'package.unet -> noise.unet',
      'package.unet -> schedule.unet',
      'package.conditioner -> prompt.conditioner',
      'package.conditioner -> other.conditioner',
      'prompt.conditioning -> unet.positive',
      'other.conditioning -> unet2.positive',
      'prompt.tokens -> tokens.text',
      'unet.denoiser -> begin.denoiser',
      'unet.denoiser -> same.denoiser',
      'unet2.denoiser -> branch.denoiser',
      ...['begin', 'same', 'branch'].flatMap((id) => [
        `noise.noise -> ${id}.noise`,
        `schedule.schedule -> ${id}.schedule`,
      ]),
      'begin.latent -> same.latent',
      'begin.latent -> branch.latent',
      'same.latent -> decode.latent',
      'branch.latent -> decode2.latent',
      'package.firstStage -> decode.firstStage',
      'package.firstStage -> decode2.firstStage',
      'decode.image -> grid.a',
      'decode2.image -> grid.b',
      'grid.image -> image.image',
    ],
  ),
  'mixed-prompts': graph(
    'Mixed and timed prompts',
    'Two prompts blended by weight at every step, against two prompts of which one counts in the first half of the sampling and the other in the second.',
    [
      pack,
      [
        'prompt',
        'conditioning/text',
        {
          text: 'flat avatar, pale skin, red long hair, blue hoodie, happy eyes, smile mouth, mint background',
        },
        1,
        -0.4,
        'A',
      ],
      [
        'other',
        'conditioning/text',
        {
          text: 'flat avatar, brown skin, black curly hair, yellow shirt, happy eyes, smile mouth, pink background',
        },
        1,
        0.8,
        'B',
      ],
      ['mix', 'conditioning/mix', { weight: 0.5 }, 2, -0.8],
      ['early', 'conditioning/range', { start: 0, end: 0.5 }, 2, 0.4],
      ['late', 'conditioning/range', { start: 0.5, end: 1 }, 2, 1.4],
      ['timed', 'conditioning/mix', { weight: 0.5 }, 3, 1],
      ['noise', 'latent/noise', { seed: '7' }, 3, 2.6],
      ['unet', 'sampling/unet', { guidance: 4 }, 3, -0.8],
      ['unet2', 'sampling/unet', { guidance: 4 }, 4, 1],
      ['sampler', 'sampling/sampler', { sampler: 'ddim', steps: 20 }, 5, -0.8],
      ['sampler2', 'sampling/sampler', { sampler: 'ddim', steps: 20 }, 5, 1],
      ['decode', 'first-stage/decode', {}, 6, -0.8],
      ['decode2', 'first-stage/decode', {}, 6, 1],
      ['grid', 'image/grid', { columns: 2, labels: 'mixed\nA, then B' }, 7, 0],
      ['image', 'image/output', {}, 8, 0],
    ],
    [
      'package.unet -> unet.unet',
      'package.unet -> unet2.unet',
      'package.unet -> noise.unet',
      'package.conditioner -> prompt.conditioner',
      'package.conditioner -> other.conditioner',
      'prompt.conditioning -> mix.a',
      'other.conditioning -> mix.b',
      'prompt.conditioning -> early.conditioning',
      'other.conditioning -> late.conditioning',
      'early.conditioning -> timed.a',
      'late.conditioning -> timed.b',
      'mix.conditioning -> unet.positive',
      'timed.conditioning -> unet2.positive',
      'unet.denoiser -> sampler.denoiser',
      'unet2.denoiser -> sampler2.denoiser',
      'noise.noise -> sampler.noise',
      'noise.noise -> sampler2.noise',
      'sampler.latent -> decode.latent',
      'sampler2.latent -> decode2.latent',
      'package.firstStage -> decode.firstStage',
      'package.firstStage -> decode2.firstStage',
      'decode.image -> grid.a',
      'decode2.image -> grid.b',
      'grid.image -> image.image',
    ],
  ),
  'redraw-part': graph(
    'Redraw one part',
    'The mask comes from a semantic map: pick a label, grow and soften its region, and only that part of the picture is drawn anew.',
    [
      pack,
      ['map', 'image/semantic-map', { map: faceMap }, 1, 0],
      ['layout', 'conditioning/semantic-map', {}, 2, -0.6],
      ['region', 'mask/from-map', { labels: 'hair' }, 2, 2.6],
      ['grow', 'mask/grow', { pixels: 6 }, 3, 2.6],
      ['soft', 'mask/feather', { radius: 3 }, 4, 2.6],
      [
        'prompt',
        'conditioning/text',
        {
          text: 'flat avatar, pale skin, black straight hair, red hoodie, happy eyes, smile mouth, light blue background',
        },
        1,
        1.4,
      ],
      [
        'newPrompt',
        'conditioning/text',
        {
          text: 'flat avatar, pale skin, blonde straight hair, red hoodie, happy eyes, smile mouth, light blue background',
        },
        1,
        4,
        'Prompt of the new part',
      ],
      ['newCondition', 'conditioning/combine', {}, 2.9, 4],
      ['newUnet', 'sampling/unet', { guidance: 3 }, 4, 4],
      ['condition', 'conditioning/combine', {}, 2.9, -0.6],
      ['noise', 'latent/noise', { seed: '7' }, 3, 1.4],
      ['unet', 'sampling/unet', { guidance: 3 }, 3, 0.2],
      ['sampler', 'sampling/sampler', { sampler: 'ddim', steps: 20 }, 4, 0.2, 'First picture'],
      ['second', 'latent/noise', { seed: '12' }, 4, 1.4],
      ['redraw', 'sampling/sampler', { sampler: 'ddim', steps: 20, strength: 0.9 }, 5, 1.2, 'Redraw'],
      ['decode', 'first-stage/decode', {}, 5, 0.2],
      ['decode2', 'first-stage/decode', {}, 6, 1.2],
      ['grid', 'image/grid', { columns: 2, labels: 'first\nhair drawn anew' }, 7, 0.4],
      ['image', 'image/output', {}, 8, 0.4],
    ],
    [
      'package.conditioner -> map.conditioner',
      'package.conditioner -> layout.conditioner',
      'package.conditioner -> prompt.conditioner',
      'map.map -> layout.map',
      'map.map -> region.map',
      'region.mask -> grow.mask',
      'grow.mask -> soft.mask',
      'prompt.conditioning -> condition.a',
      'layout.conditioning -> condition.b',
      'condition.conditioning -> unet.positive',
      'package.unet -> unet.unet',
      'package.unet -> noise.unet',
      'package.unet -> second.unet',
      'unet.denoiser -> sampler.denoiser',
      'noise.noise -> sampler.noise',
      'package.conditioner -> newPrompt.conditioner',
      'newPrompt.conditioning -> newCondition.a',
      'layout.conditioning -> newCondition.b',
      'newCondition.conditioning -> newUnet.positive',
      'package.unet -> newUnet.unet',
      'newUnet.denoiser -> redraw.denoiser',
      'second.noise -> redraw.noise',
      'sampler.latent -> redraw.latent',
      'soft.mask -> redraw.mask',
      'sampler.latent -> decode.latent',
      'redraw.latent -> decode2.latent',
      'package.firstStage -> decode.firstStage',
      'package.firstStage -> decode2.firstStage',
      'decode.image -> grid.a',
      'decode2.image -> grid.b',
      'grid.image -> image.image',
    ],
  ),
  'latent-arithmetic': graph(
    'Latent arithmetic',
    'What the latent space does under sums, mixes, mirrors, turns and cuts: each decoded beside the others. The batch is put together, and one element is picked and saved.',
    [
      pack,
      ['picture', 'image/load', { source: picture }, 0, 2.4],
      ['encode', 'first-stage/encode', {}, 1, 2],
      ['empty', 'latent/empty', {}, 1, 0.4],
      ['flip', 'latent/flip', { axis: 'horizontal' }, 2, 0],
      ['rotate', 'latent/rotate', { turn: '90' }, 2, 1],
      ['scale', 'latent/scale', { factor: 1.4 }, 2, 2],
      ['mix', 'latent/mix', { t: 0.5 }, 3, 0],
      ['subtract', 'latent/subtract', { amount: 0.5 }, 3, 1],
      ['sum', 'latent/add', { amount: 0.5 }, 3, 2],
      ['slerp', 'latent/slerp', { t: 0.5 }, 3, 3],
      ['crop', 'latent/crop', { x: 64, y: 64, width: 128, height: 128 }, 2, 3],
      ['pad', 'latent/pad', { top: 64, bottom: 64, left: 64, right: 64 }, 2, 4],
      ['rectangle', 'mask/fill', { left: 0, top: 0, right: 0.5, bottom: 1 }, 1, 3.6],
      ['invert', 'mask/invert', {}, 1, 4.8],
      ['composite', 'latent/composite', {}, 3, 4.2],
      ['batch', 'latent/batch', {}, 4, 0],
      ['batch2', 'latent/batch', {}, 4, 1],
      ['batch3', 'latent/batch', {}, 5, 0.4],
      ['batch4', 'latent/batch', {}, 4, 3],
      ['all', 'latent/batch', {}, 6, 1],
      ['decode', 'first-stage/decode', {}, 7, 1],
      [
        'grid',
        'image/grid',
        {
          columns: 3,
          labels:
            'half mirrored\nminus half the turn\nplus half the turn\nslerp\ncut and padded\nmirrored right half',
        },
        8,
        1,
      ],
      ['image', 'image/output', {}, 9, 1],
      ['pick', 'latent/pick', { index: 5, count: 1 }, 7, 2.4],
      ['save', 'latent/save', { name: 'mirrored' }, 8, 2.6],
    ],
    [
      'package.unet -> empty.unet',
      'package.firstStage -> encode.firstStage',
      'package.firstStage -> decode.firstStage',
      'picture.image -> encode.image',
      'picture.image -> rectangle.image',
      'encode.latent -> flip.latent',
      'encode.latent -> rotate.latent',
      'encode.latent -> scale.latent',
      'encode.latent -> mix.a',
      'flip.latent -> mix.b',
      'scale.latent -> subtract.a',
      'rotate.latent -> subtract.b',
      'encode.latent -> sum.a',
      'rotate.latent -> sum.b',
      'encode.latent -> slerp.a',
      'empty.latent -> slerp.b',
      'encode.latent -> crop.latent',
      'crop.latent -> pad.latent',
      'rectangle.mask -> invert.mask',
      'encode.latent -> composite.a',
      'flip.latent -> composite.b',
      'invert.mask -> composite.mask',
      'mix.latent -> batch.a',
      'subtract.latent -> batch.b',
      'sum.latent -> batch2.a',
      'slerp.latent -> batch2.b',
      'batch.latent -> batch3.a',
      'batch2.latent -> batch3.b',
      'pad.latent -> batch4.a',
      'composite.latent -> batch4.b',
      'batch3.latent -> all.a',
      'batch4.latent -> all.b',
      'all.latent -> decode.latent',
      'decode.image -> grid.a',
      'grid.image -> image.image',
      'all.latent -> pick.latent',
      'pick.picked -> save.latent',
    ],
  ),
  'forward-process': graph(
    'Forward process',
    'A picture noised to step 500 of 1000 in closed form, looked at, and denoised again from there.',
    [
      pack,
      ['picture', 'image/load', { source: picture }, 0, 2.2],
      ['encode', 'first-stage/encode', { take: 'sample', seed: '1' }, 1, 2.2],
      ['noise', 'latent/noise', { seed: '7' }, 1, 1],
      ['noised', 'latent/add-noise', { timestep: 500 }, 2, 1.6],
      ['unet', 'sampling/unet', { guidance: 1 }, 2, 0],
      ['sampler', 'sampling/sampler', { sampler: 'heun', steps: 20, schedule: 'karras' }, 3, 0.6],
      ['decode', 'first-stage/decode', {}, 4, 0.6],
      ['seen', 'first-stage/decode', {}, 4, 1.8, 'Noised'],
      ['grid', 'image/grid', { columns: 3, labels: 'picture\nat step 500\ndenoised' }, 5, 1],
      ['image', 'image/output', {}, 6, 1],
    ],
    [
      'package.unet -> unet.unet',
      'package.unet -> noise.unet',
      'package.unet -> noised.unet',
      'package.firstStage -> encode.firstStage',
      'package.firstStage -> decode.firstStage',
      'package.firstStage -> seen.firstStage',
      'picture.image -> encode.image',
      'encode.latent -> noised.latent',
      'noise.noise -> noised.noise',
      'noise.noise -> sampler.noise',
      'noised.latent -> sampler.latent',
      'unet.denoiser -> sampler.denoiser',
      'sampler.latent -> decode.latent',
      'noised.latent -> seen.latent',
      'picture.image -> grid.a',
      'seen.image -> grid.b',
      'decode.image -> grid.c',
      'grid.image -> image.image',
    ],
  ),
};

/** What the template gallery shows, in this order. `kind`: a task, or an experiment that shows how parts behave. */
const korean = {
  'text-to-image': [
    '텍스트 → 이미지',
    '프롬프트와 클래스로 그림을 그립니다. 시맨틱 맵은 연결만 하면 됩니다.',
  ],
  'class-to-image': ['클래스 → 이미지', '패키지의 클래스 하나를 학습된 임베딩으로 교차 어텐션에 넣습니다.'],
  'map-to-image': ['맵 → 이미지', '칠한 시맨틱 맵을 따라 그립니다. 팔레트로 칠하고 다시 실행해 보세요.'],
  unconditional: ['무조건 생성', '아무 조건 없이 모델이 스스로 그리는 그림 두 장.'],
  'text-and-map': ['텍스트와 맵', '말은 생김새를, 맵은 위치를 정합니다. 부분마다 가이던스 배율이 있습니다.'],
  'image-to-image': ['이미지 → 이미지', '그림을 인코딩하고 일부 노이즈를 더해 프롬프트로 다시 그립니다.'],
  inpainting: ['인페인팅', '마스크의 흰 부분만 새로 그립니다. RePaint 재샘플링으로 경계가 어우러집니다.'],
  outpainting: ['아웃페인팅', '여백을 더하고 프레임 밖을 이어 그립니다.'],
  variations: ['변주', '한 시드의 노이즈에서 다른 시드로 구면을 따라 다섯 걸음.'],
  'prompt-walk': ['프롬프트 산책', '같은 노이즈로 한 프롬프트에서 다른 프롬프트까지 다섯 걸음.'],
  'two-pass': ['두 번 그리기', '잠재를 잘라 키운 뒤 약한 강도로 다시 그려 세부를 더합니다.'],
  sweep: ['스윕', '가이던스 × 단계 수를 이름표가 있는 격자로 비교합니다.'],
  'first-stages': ['KL과 VQ 비교', '같은 그림을 두 가지 1단계에 통과시키고 차이를 봅니다.'],
  'class-to-codes': [
    '클래스 → 코드',
    '두 번째 패키지입니다. 작은 U-Net이 VQ 공간에서 클래스를 그리고, 그 잠재를 코드북 번호로, 번호를 다시 그림으로 바꿉니다. 클래스를 빼면 무조건 생성입니다.',
  ],
  codes: ['VQ 코드', '그림을 코드북 번호로 바꾸고 다시 그림으로 되돌립니다.'],
  branching: ['중간에서 갈라지기', '20단계 중 8단계 뒤에 다른 프롬프트로 이어 갑니다.'],
  'mixed-prompts': ['섞은 프롬프트', '가중치로 섞기와 구간별로 바꾸기를 비교합니다.'],
  'redraw-part': ['한 부분 다시 그리기', '시맨틱 맵의 라벨로 마스크를 만들어 그 부분만 새로 그립니다.'],
  'latent-arithmetic': ['잠재 연산', '더하기, 섞기, 뒤집기, 돌리기, 자르기가 잠재 공간에서 하는 일.'],
  'forward-process': ['순방향 과정', '그림에 500단계 노이즈를 더하고 거기서 다시 제거합니다.'],
};
const experiments = new Set([
  'first-stages',
  'codes',
  'branching',
  'mixed-prompts',
  'latent-arithmetic',
  'forward-process',
  'sweep',
  'prompt-walk',
]);
/** Korean titles of a template's nodes are written in the index itself, and stay. */
const written = JSON.parse(readFileSync(here('../../../public/templates/index.json'), 'utf8'));
const index = Object.entries(templates).map(([id, { meta }]) => ({
  id,
  kind: experiments.has(id) ? 'experiment' : 'task',
  nodes: written.find((entry) => entry.id === id)?.nodes,
  title: { en: meta.title, ko: korean[id][0] },
  description: { en: meta.description, ko: korean[id][1] },
  // Drawn by the graph: `npx loom run public/templates/ID.json --seed 7`, as JPEG.
  ...(existsSync(here(`../../../public/templates/${id}.jpg`)) ? { picture: true } : {}),
}));
writeFileSync(here('../../../public/templates/index.json'), `${JSON.stringify(index, null, 2)}\n`);

/** Nodes stay where the editor's layout put them: the columns above are only for new ones. */
function keepPlaces(file, document) {
  if (!existsSync(file)) return document;
  const { nodes } = JSON.parse(readFileSync(file, 'utf8'));
  for (const [id, node] of Object.entries(document.nodes))
    if (nodes[id] !== undefined) node.position = nodes[id].position;
  return document;
}
for (const [name, document] of Object.entries(templates)) {
  const file = here(`../../../public/templates/${name}.json`);
  writeFileSync(file, `${JSON.stringify(sorted(keepPlaces(file, document)), null, 2)}\n`);
}

/** A latent of a small ramp as a safetensors file (float16), as latent/load reads it. */
function rampLatent() {
  const [channels, side] = [4, 32];
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { format: 'latent-loom' },
      latent_tensor: {
        dtype: 'F16',
        shape: [1, channels, side, side],
        data_offsets: [0, channels * side * side * 2],
      },
    }),
  );
  const data = Buffer.alloc(channels * side * side * 2);
  // Halves and quarters only: exact in binary16. 0x3800 = 0.5, 0x3400 = 0.25, 0xb800 = -0.5.
  for (let i = 0; i < channels * side * side; i++)
    data.writeUInt16LE([0x3800, 0x3400, 0xb800][Math.floor((i % side) / 11)], i * 2);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return `data:application/octet-stream;base64,${Buffer.concat([length, header, data]).toString('base64')}`;
}

/** Graphs that are no templates: they use nodes for which no package of ours is made. */
const gallery = {
  'image-condition': graph(
    'Image condition',
    'A package trained with a masked image and its mask as concatenated channels (a test package).',
    [
      ['package', 'model/package', { package: 'fake-inpaint' }, 0, 1],
      ['picture', 'image/load', { source: picture }, 0, 2.2],
      ['mask', 'mask/load', { source: clothesMask }, 0, 3.5],
      ['encode', 'first-stage/encode', {}, 1, 2.2],
      ['condition', 'conditioning/image', {}, 2, 2.2],
      ...core(),
    ],
    [
      ...coreWires,
      'package.firstStage -> encode.firstStage',
      'picture.image -> encode.image',
      'package.conditioner -> condition.conditioner',
      'encode.latent -> condition.latent',
      'mask.mask -> condition.mask',
      'condition.conditioning -> unet.positive',
    ],
  ),
  'load-latent': graph(
    'Load latent',
    'A latent from a file, decoded.',
    [
      ['kl', 'model/first-stage', { package: 'loom-kl-f8' }, 0, 0],
      ['load', 'latent/load', { source: rampLatent() }, 1, 1],
      ['decode', 'first-stage/decode', {}, 2, 0],
      ['image', 'image/output', {}, 3, 0],
    ],
    [
      'kl.firstStage -> load.firstStage',
      'kl.firstStage -> decode.firstStage',
      'load.latent -> decode.latent',
      'decode.image -> image.image',
    ],
  ),
};
for (const [name, document] of Object.entries(gallery)) {
  writeFileSync(
    here(`../../fixtures/gallery/${name}.json`),
    `${JSON.stringify(sorted(document), null, 2)}\n`,
  );
}
