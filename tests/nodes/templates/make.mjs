// Writes public/templates/*.json. Run: node tests/nodes/templates/make.mjs
// A template is a table of nodes (id, type, params, column, row) and a list of wires "node.port -> node.port".
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export const faceMap = readFileSync(here('./face-map.txt'), 'utf8').trim();
export const PROMPT =
  'flat avatar, brown skin, red curly hair, blue hoodie, happy eyes, smile mouth, yellow background';
const COLUMN = 340;
const ROW = 260;

/** [id, type, params, column, row, title?] rows and wires → a document. */
export function graph(title, description, nodes, wires) {
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
  for (const wire of wires) {
    const [from, to] = wire.split('->').map((end) => {
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
const core = (sampler = {}, unet = {}, seed = '7', noise = {}) => [
  ['noise', 'latent/noise', { seed, ...noise }, 2, 2.4],
  ['unet', 'sampling/unet', { guidance: 4, ...unet }, 2, 0.6],
  ['sampler', 'sampling/sampler', { sampler: 'ddim', steps: 20, schedule: 'trailing', ...sampler }, 3, 0.6],
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
    [pack, ['class', 'conditioning/class', { class: 'clothing:t-shirt' }, 1, 0.4], ...core({}, {}, '3')],
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
    'No condition at all: what the model draws of its own accord, four at a time.',
    [pack, ...core({}, { guidance: 1 }, '11', { batch: 4 })],
    coreWires,
  ),
};

for (const [name, document] of Object.entries(templates)) {
  writeFileSync(
    here(`../../../public/templates/${name}.json`),
    `${JSON.stringify(sorted(document), null, 2)}\n`,
  );
}
