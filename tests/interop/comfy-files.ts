/**
 * ComfyUI files of our own making, each trap of the formats once (../shared/design/peers.md §2). `node`
 * and `link` keep them short; nothing here is copied from another project.
 */
import type { Json, JsonObject } from '@/app/_interop/comfy/json';

type Node = JsonObject;

const types: Readonly<Record<string, readonly string[]>> = {
  CheckpointLoaderSimple: ['MODEL', 'CLIP', 'VAE'],
  CLIPTextEncode: ['CONDITIONING'],
  EmptyLatentImage: ['LATENT'],
  KSampler: ['LATENT'],
  KSamplerAdvanced: ['LATENT'],
  VAEDecode: ['IMAGE'],
  VAEEncode: ['LATENT'],
  VAEEncodeForInpaint: ['LATENT'],
  SetLatentNoiseMask: ['LATENT'],
  LatentUpscale: ['LATENT'],
  LoadImage: ['IMAGE', 'MASK'],
  ConditioningCombine: ['CONDITIONING'],
  'ConditioningAverage ': ['CONDITIONING'],
  ConditioningSetArea: ['CONDITIONING'],
  KSamplerSelect: ['SAMPLER'],
  BasicScheduler: ['SIGMAS'],
  RandomNoise: ['NOISE'],
  CFGGuider: ['GUIDER'],
  SamplerCustomAdvanced: ['LATENT', 'LATENT'],
  PrimitiveInt: ['INT'],
  PrimitiveNode: ['INT'],
  Reroute: ['*'],
};

/** Wires: `[input name, type, origin id, origin slot]`; a widget input's name ends in `*`. */
type Wire = readonly [name: string, type: string, origin: number, slot: number];

interface Made {
  readonly nodes: Node[];
  readonly links: Json[];
}

/** A workflow of nodes `[id, type, values, wires, more]`, links numbered as they come. */
export type Entry = readonly [id: number, type: string, values: Json, wires: readonly Wire[], more?: Node];

export function workflow(list: readonly Entry[], more: Node = {}): Node {
  const { nodes, links } = level(list);
  return {
    last_node_id: Math.max(...list.map(([id]) => id)),
    last_link_id: links.length,
    nodes,
    links,
    groups: [],
    config: {},
    extra: {},
    version: 0.4,
    ...more,
  };
}

export function level(list: readonly Entry[]): Made {
  const links: Json[] = [];
  const outgoing = new Map<string, number[]>();
  const nodes = list.map(([id, type, values, wires, rest = {}], order): Node => ({
    id,
    type,
    pos: [order * 330, (order % 3) * 280],
    size: { '0': 315, '1': 262 },
    flags: {},
    order,
    mode: 0,
    inputs: wires.map(([name, kind, origin, slot], at) => {
      const link = links.length + 1;
      links.push([link, origin, slot, id, at, kind]);
      outgoing.set(`${origin}:${slot}`, [...(outgoing.get(`${origin}:${slot}`) ?? []), link]);
      const plain = name.replace(/\*$/, '');
      return {
        name: plain,
        type: kind,
        link,
        ...(plain !== name && { widget: { name: plain, config: ['INT', { max: 18446744073709552000 }] } }),
      };
    }),
    outputs: (types[type] ?? []).map((kind) => ({ name: kind, type: kind, links: null })),
    properties: { 'Node name for S&R': type.trim() },
    ...(values !== null && { widgets_values: values }),
    ...rest,
  }));
  for (const node of nodes)
    for (const [slot, output] of (Array.isArray(node['outputs']) ? node['outputs'] : []).entries())
      if (typeof output === 'object' && output !== null && !Array.isArray(output))
        output['links'] = outgoing.get(`${JSON.stringify(node['id'])}:${slot}`) ?? null;
  return { nodes, links };
}

const sampled = (latent: Wire): readonly Wire[] => [
  ['model', 'MODEL', 4, 0],
  ['positive', 'CONDITIONING', 6, 0],
  ['negative', 'CONDITIONING', 7, 0],
  latent,
];
const head: readonly Entry[] = [
  [4, 'CheckpointLoaderSimple', ['v1-5-pruned-emaonly.ckpt'], []],
  [6, 'CLIPTextEncode', ['a (red:1.2) house'], [['clip', 'CLIP', 4, 1]]],
  [
    7,
    'CLIPTextEncode',
    ['text, watermark'],
    [['clip', 'CLIP', 4, 1]],
    { title: 'Negative', color: '#322', bgcolor: '#533' },
  ],
];
const tail: readonly Entry[] = [
  [
    8,
    'VAEDecode',
    null,
    [
      ['samples', 'LATENT', 3, 0],
      ['vae', 'VAE', 4, 2],
    ],
  ],
  [9, 'SaveImage', ['ComfyUI'], [['images', 'IMAGE', 8, 0]]],
];
const empty: Entry = [5, 'EmptyLatentImage', [512, 768, 2], []];

/** Text to image, with a group, a note, a title and a colour. */
export const plain = workflow(
  [
    ...head,
    empty,
    [
      3,
      'KSampler',
      [156680208700286, 'randomize', 20, 8, 'euler', 'normal', 1],
      sampled(['latent_image', 'LATENT', 5, 0]),
    ],
    ...tail,
    [20, 'Note', ['Two prompts.'], [], { size: [210, 58] }],
  ],
  { groups: [{ title: 'Prompts', bounding: [300, -80, 1010, 400], color: '#3f789e', font_size: 24 }] },
);

/** The same as ComfyUI's server gets it. */
export const plainPrompt: Node = {
  '3': {
    inputs: {
      seed: 156680208700286,
      steps: 20,
      cfg: 8,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
      model: ['4', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    },
    class_type: 'KSampler',
    _meta: { title: 'KSampler' },
  },
  '4': {
    inputs: { ckpt_name: 'v1-5-pruned-emaonly.ckpt' },
    class_type: 'CheckpointLoaderSimple',
    _meta: { title: 'CheckpointLoaderSimple' },
  },
  '5': {
    inputs: { width: 512, height: 768, batch_size: 2 },
    class_type: 'EmptyLatentImage',
    _meta: { title: 'EmptyLatentImage' },
  },
  '6': {
    inputs: { text: 'a (red:1.2) house', clip: ['4', 1] },
    class_type: 'CLIPTextEncode',
    _meta: { title: 'CLIPTextEncode' },
  },
  '7': {
    inputs: { text: 'text, watermark', clip: ['4', 1] },
    class_type: 'CLIPTextEncode',
    _meta: { title: 'Negative' },
  },
  '8': {
    inputs: { samples: ['3', 0], vae: ['4', 2] },
    class_type: 'VAEDecode',
    _meta: { title: 'VAEDecode' },
  },
  '9': {
    inputs: { filename_prefix: 'ComfyUI', images: ['8', 0] },
    class_type: 'SaveImage',
    _meta: { title: 'SaveImage' },
  },
};

/** Early 2023: the seed's control is a boolean, positions are objects, a type ends in a space. */
export const early = workflow([
  ...head,
  empty,
  [
    10,
    'ConditioningAverage ',
    [0.3],
    [
      ['conditioning_to', 'CONDITIONING', 6, 0],
      ['conditioning_from', 'CONDITIONING', 7, 0],
    ],
    { pos: { '0': 10, '1': 20 } },
  ],
  [
    3,
    'KSampler',
    [5, true, 12, 7, 'dpmpp_2m', 'karras', 0.5],
    [
      ['model', 'MODEL', 4, 0],
      ['positive', 'CONDITIONING', 10, 0],
      ['negative', 'CONDITIONING', 7, 0],
      ['latent_image', 'LATENT', 5, 0],
    ],
  ],
  ...tail,
]);

/** A seed beyond 2⁵³ through a primitive into a converted widget; a reroute in the model's way. */
export const converted = workflow([
  ...head,
  empty,
  [11, 'PrimitiveNode', ['$seed', 'fixed'], []],
  [12, 'Reroute', null, [['', 'MODEL', 4, 0]]],
  [
    3,
    'KSampler',
    [1, 'randomize', 20, 8, 'euler', 'normal', 1],
    [
      ['model', 'MODEL', 12, 0],
      ['positive', 'CONDITIONING', 6, 0],
      ['negative', 'CONDITIONING', 7, 0],
      ['latent_image', 'LATENT', 5, 0],
      ['seed*', 'INT', 11, 0],
    ],
  ],
  ...tail,
]);
/** Its text, with the digits that a JavaScript number cannot hold. */
export const convertedText = JSON.stringify(converted).replace('"$seed"', '18446744073709551615');

/** Inpainting; the mask goes through a resize; a bypassed and a muted node. */
export const masked = workflow([
  ...head,
  [13, 'LoadImage', ['house.png', 'image'], []],
  [
    14,
    'VAEEncode',
    null,
    [
      ['pixels', 'IMAGE', 13, 0],
      ['vae', 'VAE', 4, 2],
    ],
  ],
  [
    15,
    'SetLatentNoiseMask',
    null,
    [
      ['samples', 'LATENT', 14, 0],
      ['mask', 'MASK', 13, 1],
    ],
  ],
  [16, 'LatentUpscale', ['bislerp', 768, 768, 'disabled'], [['samples', 'LATENT', 15, 0]]],
  [
    3,
    'KSampler',
    [1, 'fixed', 20, 8, 'uni_pc_bh2', 'normal', 0.55],
    sampled(['latent_image', 'LATENT', 16, 0]),
  ],
  ...tail,
  [17, 'LatentUpscale', ['nearest-exact', 512, 512, 'disabled'], [['samples', 'LATENT', 3, 0]], { mode: 4 }],
  [
    18,
    'VAEDecode',
    null,
    [
      ['samples', 'LATENT', 17, 0],
      ['vae', 'VAE', 4, 2],
    ],
    { mode: 2 },
  ],
]);

/** Two samplings after one another, the first left half-way. */
export const advanced = workflow([
  ...head,
  empty,
  [
    19,
    'KSamplerAdvanced',
    ['enable', 7, 'fixed', 20, 8, 'euler', 'normal', 0, 12, 'enable'],
    sampled(['latent_image', 'LATENT', 5, 0]),
  ],
  [
    3,
    'KSamplerAdvanced',
    ['disable', 7, 'fixed', 20, 8, 'euler', 'normal', 12, 10000, 'disable'],
    sampled(['latent_image', 'LATENT', 19, 0]),
  ],
  ...tail,
]);

/** The custom sampler, its size from a constant node. */
export const custom = workflow([
  ...head,
  [21, 'PrimitiveInt', [640, 'fixed'], []],
  [5, 'EmptyLatentImage', [512, 512, 1], [['width*', 'INT', 21, 0]]],
  [22, 'RandomNoise', [42, 'randomize'], []],
  [23, 'KSamplerSelect', ['dpmpp_2m'], []],
  [24, 'BasicScheduler', ['karras', 25, 1], [['model', 'MODEL', 4, 0]]],
  [
    25,
    'CFGGuider',
    [6],
    [
      ['model', 'MODEL', 4, 0],
      ['positive', 'CONDITIONING', 6, 0],
      ['negative', 'CONDITIONING', 7, 0],
    ],
  ],
  [
    3,
    'SamplerCustomAdvanced',
    [],
    [
      ['noise', 'NOISE', 22, 0],
      ['guider', 'GUIDER', 25, 0],
      ['sampler', 'SAMPLER', 23, 0],
      ['sigmas', 'SIGMAS', 24, 0],
      ['latent_image', 'LATENT', 5, 0],
    ],
  ],
  ...tail,
]);

/** Nodes of other people, a bypassed one among them; a broken link; values as an object. */
export const foreign = (() => {
  const file = workflow([
    ...head,
    empty,
    [
      26,
      'SomeLoader|pack',
      { weight: 0.5, mode: 'fast' },
      [['model', 'MODEL', 4, 0]],
      { mode: 4, outputs: [{ name: 'MODEL', type: 'MODEL', links: [] }] },
    ],
    [
      27,
      'Prompt Styler',
      ['a', 'b'],
      [],
      {
        outputs: [
          { name: 'text', type: 'STRING', links: [] },
          { name: 'text', type: 'STRING', links: null },
        ],
      },
    ],
    [
      28,
      'CLIPTextEncode',
      ['kept'],
      [
        ['clip', 'CLIP', 4, 1],
        ['text*', 'STRING', 27, 0],
      ],
    ],
    [
      3,
      'KSampler',
      [1, 'fixed', 20, 8, 'euler', 'normal', 1],
      [
        ['model', 'MODEL', 26, 0],
        ['positive', 'CONDITIONING', 28, 0],
        ['negative', 'CONDITIONING', 7, 0],
        ['latent_image', 'LATENT', 5, 0],
      ],
    ],
    ...tail,
  ]);
  if (Array.isArray(file['links'])) file['links'].push([99, 77, 0, 78, 0, 'IMAGE']);
  return file;
})();

/** A sub-graph (format 1 inside) with a socket, a widget and an output shown outside. */
export const nested = (() => {
  const id = '5f1c1e2a-0000-4000-8000-000000000001';
  const inner = level([
    [5, 'EmptyLatentImage', [512, 512, 1], []],
    [
      6,
      'CLIPTextEncode',
      ['inside'],
      [
        ['clip', 'CLIP', -10, 1],
        ['text*', 'STRING', -10, 2],
      ],
    ],
    [7, 'CLIPTextEncode', ['bad'], [['clip', 'CLIP', -10, 1]]],
    [
      3,
      'KSampler',
      [9, 'fixed', 20, 8, 'euler', 'normal', 1],
      [
        ['model', 'MODEL', -10, 0],
        ['positive', 'CONDITIONING', 6, 0],
        ['negative', 'CONDITIONING', 7, 0],
        ['latent_image', 'LATENT', 5, 0],
      ],
    ],
  ]);
  const links = inner.links.map((link): Json => {
    const [number, origin, originSlot, target, targetSlot, type] = Array.isArray(link) ? link : [];
    return {
      id: number ?? 0,
      origin_id: origin ?? 0,
      origin_slot: originSlot ?? 0,
      target_id: target ?? 0,
      target_slot: targetSlot ?? 0,
      type: type ?? '*',
    };
  });
  links.push({ id: 50, origin_id: 3, origin_slot: 0, target_id: -20, target_slot: 0, type: 'LATENT' });
  const sampler = inner.nodes.find((node) => node['id'] === 3);
  if (sampler) sampler['outputs'] = [{ name: 'LATENT', type: 'LATENT', links: [50] }];
  return workflow(
    [
      [4, 'CheckpointLoaderSimple', ['v1-5-pruned-emaonly.ckpt'], []],
      [
        30,
        id,
        ['from outside'],
        [
          ['model', 'MODEL', 4, 0],
          ['clip', 'CLIP', 4, 1],
        ],
        {
          inputs: [
            { name: 'model', type: 'MODEL', link: 1 },
            { name: 'clip', type: 'CLIP', link: 2 },
            { name: 'text', type: 'STRING', link: null, widget: { name: 'text' } },
          ],
          outputs: [{ name: 'LATENT', type: 'LATENT', links: [] }],
        },
      ],
      [
        8,
        'VAEDecode',
        null,
        [
          ['samples', 'LATENT', 30, 0],
          ['vae', 'VAE', 4, 2],
        ],
      ],
      [9, 'SaveImage', ['ComfyUI'], [['images', 'IMAGE', 8, 0]]],
    ],
    {
      definitions: {
        subgraphs: [
          {
            id,
            version: 1,
            name: 'Draw',
            state: { lastGroupId: 0, lastNodeId: 7, lastLinkId: 50, lastRerouteId: 0 },
            inputNode: { id: -10, bounding: [-200, 0, 120, 100] },
            outputNode: { id: -20, bounding: [1500, 0, 120, 60] },
            inputs: [
              { id: 'a', name: 'model', type: 'MODEL', linkIds: [] },
              { id: 'b', name: 'clip', type: 'CLIP', linkIds: [] },
              { id: 'c', name: 'text', type: 'STRING', linkIds: [] },
            ],
            outputs: [{ id: 'd', name: 'LATENT', type: 'LATENT', linkIds: [50] }],
            widgets: [],
            nodes: inner.nodes,
            groups: [],
            links,
          },
        ],
      },
    },
  );
})();

/** Every workflow, by what it is there for. */
export const workflows: Readonly<Record<string, string>> = {
  plain: JSON.stringify(plain),
  early: JSON.stringify(early),
  converted: convertedText,
  masked: JSON.stringify(masked),
  advanced: JSON.stringify(advanced),
  custom: JSON.stringify(custom),
  foreign: JSON.stringify(foreign),
  nested: JSON.stringify(nested),
};
