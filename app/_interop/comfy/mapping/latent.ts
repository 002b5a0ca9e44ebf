/** Latents, and the way in and out of their space. */
import { num, one, str, yes, type ComfyClass, type Difference, type Values } from './types';

const methods: Readonly<Record<string, string>> = {
  'nearest-exact': 'nearest',
  bilinear: 'bilinear',
  area: 'area',
  bicubic: 'bicubic',
  bislerp: 'bilinear',
  lanczos: 'bicubic',
};
/** How a picture or latent is resized; bislerp and Lanczos are not here. */
export const modeOf = (values: Values): string => methods[str(values['upscale_method'])] ?? 'bilinear';
export const methodOf = (mode: unknown): string =>
  mode === 'nearest' ? 'nearest-exact' : str(typeof mode === 'string' ? mode : undefined, 'bilinear');
export function resizeDiffers(values: Values): readonly Difference[] {
  const method = str(values['upscale_method']);
  const other = method === 'bislerp' || method === 'lanczos' || !Object.hasOwn(methods, method);
  return [
    ...(other ? [{ code: 'resize-mode', what: method } as const] : []),
    ...(values['width'] === 0 || values['height'] === 0 ? [{ code: 'value-range', what: '0' } as const] : []),
  ];
}
const upscaleMethods = 'nearest-exact';
const two = { samples1: 'LATENT', samples2: 'LATENT' };

export const latentClasses: readonly ComfyClass[] = [
  {
    type: 'EmptyLatentImage',
    inputs: {},
    widgets: { width: 512, height: 512, batch_size: 1 },
    outputs: ['LATENT'],
    becomes: one('latent/empty', {}, ['latent'], {
      params: (values) => ({
        width: num(values['width'], 512),
        height: num(values['height'], 512),
        batch: num(values['batch_size'], 1),
      }),
      values: (params) => ({
        // 0 is "the model's own", which ComfyUI has no word for: left out, the value before stays.
        ...(num(params['width'], 0) > 0 && { width: num(params['width'], 512) }),
        ...(num(params['height'], 0) > 0 && { height: num(params['height'], 512) }),
        batch_size: num(params['batch'], 1),
      }),
      direct: { width: 'main.width', height: 'main.height', batch_size: 'main.batch' },
      needsUnet: ['main.unet'],
    }),
  },
  {
    type: 'VAEDecode',
    inputs: { samples: 'LATENT', vae: 'VAE' },
    widgets: {},
    outputs: ['IMAGE'],
    becomes: one('first-stage/decode', { samples: 'latent', vae: 'firstStage' }, ['image']),
  },
  {
    type: 'VAEDecodeTiled',
    inputs: { samples: 'LATENT', vae: 'VAE' },
    widgets: { tile_size: 512, overlap: 64, temporal_size: 64, temporal_overlap: 8 },
    outputs: ['IMAGE'],
    becomes: one('first-stage/decode', { samples: 'latent', vae: 'firstStage' }, ['image'], {
      differs: () => [{ code: 'tiled' }],
      importOnly: true,
    }),
  },
  {
    type: 'VAEEncode',
    inputs: { pixels: 'IMAGE', vae: 'VAE' },
    widgets: {},
    outputs: ['LATENT'],
    becomes: one('first-stage/encode', { pixels: 'image', vae: 'firstStage' }, ['latent'], {
      params: () => ({ take: 'mean' }),
    }),
  },
  {
    type: 'VAEEncodeTiled',
    inputs: { pixels: 'IMAGE', vae: 'VAE' },
    widgets: { tile_size: 512, overlap: 64, temporal_size: 64, temporal_overlap: 8 },
    outputs: ['LATENT'],
    becomes: one('first-stage/encode', { pixels: 'image', vae: 'firstStage' }, ['latent'], {
      params: () => ({ take: 'mean' }),
      differs: () => [{ code: 'tiled' }],
      importOnly: true,
    }),
  },
  {
    type: 'VAEEncodeForInpaint',
    inputs: { pixels: 'IMAGE', vae: 'VAE', mask: 'MASK' },
    widgets: { grow_mask_by: 6 },
    outputs: ['LATENT'],
    becomes: one(
      'first-stage/encode-inpaint',
      { pixels: 'image', vae: 'firstStage', mask: 'mask' },
      ['latent'],
      {
        params: (values) => ({ grow: num(values['grow_mask_by'], 6) }),
        values: (params) => ({ grow_mask_by: num(params['grow'], 6) }),
        direct: { grow_mask_by: 'main.grow' },
        masks: { 0: 'main.mask' },
      },
    ),
  },
  {
    type: 'SetLatentNoiseMask',
    inputs: { samples: 'LATENT', mask: 'MASK' },
    widgets: {},
    outputs: ['LATENT'],
    becomes: one('mask/for-latent', { samples: 'latent', mask: 'mask' }, ['latent'], {
      masks: { 0: 'main.mask' },
    }),
  },
  {
    type: 'LatentUpscale',
    inputs: { samples: 'LATENT' },
    widgets: { upscale_method: upscaleMethods, width: 512, height: 512, crop: 'disabled' },
    outputs: ['LATENT'],
    becomes: one('latent/resize', { samples: 'latent' }, ['latent'], {
      params: (values) => ({
        width: num(values['width'], 512),
        height: num(values['height'], 512),
        mode: modeOf(values),
      }),
      values: (params) => ({
        width: num(params['width'], 512),
        height: num(params['height'], 512),
        upscale_method: methodOf(params['mode']),
      }),
      direct: { width: 'main.width', height: 'main.height' },
      differs: (values) => [
        ...resizeDiffers(values),
        ...(values['crop'] === 'center' ? [{ code: 'resize-mode', what: 'crop: center' } as const] : []),
      ],
    }),
  },
  {
    type: 'LatentUpscaleBy',
    inputs: { samples: 'LATENT' },
    widgets: { upscale_method: upscaleMethods, scale_by: 1.5 },
    outputs: ['LATENT'],
    becomes: one('latent/scale-by', { samples: 'latent' }, ['latent'], {
      params: (values) => ({ factor: num(values['scale_by'], 1.5), mode: modeOf(values) }),
      values: (params) => ({
        scale_by: num(params['factor'], 1.5),
        upscale_method: methodOf(params['mode']),
      }),
      direct: { scale_by: 'main.factor' },
      differs: resizeDiffers,
    }),
  },
  {
    type: 'LatentComposite',
    inputs: { samples_to: 'LATENT', samples_from: 'LATENT' },
    widgets: { x: 0, y: 0, feather: 0 },
    outputs: ['LATENT'],
    becomes: one('latent/paste', { samples_to: 'a', samples_from: 'b' }, ['latent'], {
      params: (values) => ({
        x: num(values['x'], 0),
        y: num(values['y'], 0),
        feather: num(values['feather'], 0),
      }),
      values: (params) => ({
        x: num(params['x'], 0),
        y: num(params['y'], 0),
        feather: num(params['feather'], 0),
      }),
      direct: { x: 'main.x', y: 'main.y', feather: 'main.feather' },
    }),
  },
  {
    type: 'LatentCompositeMasked',
    inputs: { destination: 'LATENT', source: 'LATENT', mask: 'MASK' },
    widgets: { x: 0, y: 0, resize_source: false },
    outputs: ['LATENT'],
    becomes: one('latent/paste', { destination: 'a', source: 'b', mask: 'mask' }, ['latent'], {
      params: (values) => ({
        x: num(values['x'], 0),
        y: num(values['y'], 0),
        resize: yes(values['resize_source']),
      }),
      direct: { x: 'main.x', y: 'main.y', resize_source: 'main.resize' },
      importOnly: true,
    }),
  },
  {
    type: 'LatentFromBatch',
    inputs: { samples: 'LATENT' },
    widgets: { batch_index: 0, length: 1 },
    outputs: ['LATENT'],
    becomes: one('latent/pick', { samples: 'latent' }, ['picked'], {
      params: (values) => ({ index: num(values['batch_index'], 0), count: num(values['length'], 1) }),
      values: (params) => ({ batch_index: num(params['index'], 0), length: num(params['count'], 1) }),
      direct: { batch_index: 'main.index', length: 'main.count' },
      differs: () => [{ code: 'batch-noise' }],
    }),
  },
  {
    type: 'RepeatLatentBatch',
    inputs: { samples: 'LATENT' },
    widgets: { amount: 1 },
    outputs: ['LATENT'],
    becomes: one('latent/repeat', { samples: 'latent' }, ['latent'], {
      params: (values) => ({ count: num(values['amount'], 1) }),
      values: (params) => ({ amount: num(params['count'], 1) }),
      direct: { amount: 'main.count' },
    }),
  },
  {
    type: 'LatentBatch',
    inputs: two,
    widgets: {},
    outputs: ['LATENT'],
    becomes: one('latent/batch', { samples1: 'a', samples2: 'b' }, ['latent']),
  },
  {
    type: 'LatentFlip',
    inputs: { samples: 'LATENT' },
    widgets: { flip_method: 'x-axis: vertically' },
    outputs: ['LATENT'],
    becomes: one('latent/flip', { samples: 'latent' }, ['latent'], {
      params: (values) => ({
        axis: str(values['flip_method']).startsWith('y') ? 'horizontal' : 'vertical',
      }),
      values: (params) => ({
        flip_method: params['axis'] === 'horizontal' ? 'y-axis: horizontally' : 'x-axis: vertically',
      }),
    }),
  },
  {
    type: 'LatentRotate',
    inputs: { samples: 'LATENT' },
    widgets: { rotation: 'none' },
    outputs: ['LATENT'],
    unlike: (values) => (/^(90|180|270)/.test(str(values['rotation'])) ? undefined : 'value'),
    becomes: one('latent/rotate', { samples: 'latent' }, ['latent'], {
      params: (values) => ({ turn: str(values['rotation'], '90').replace(/ degrees$/, '') }),
      values: (params) => ({ rotation: `${str(params['turn'], '90')} degrees` }),
    }),
  },
  {
    type: 'LatentCrop',
    inputs: { samples: 'LATENT' },
    widgets: { width: 512, height: 512, x: 0, y: 0 },
    outputs: ['LATENT'],
    becomes: one('latent/crop', { samples: 'latent' }, ['latent'], {
      params: (values) => box(values),
      values: (params) => box(params),
      direct: { width: 'main.width', height: 'main.height', x: 'main.x', y: 'main.y' },
    }),
  },
  {
    type: 'LatentBlend',
    inputs: two,
    widgets: { blend_factor: 0.5 },
    outputs: ['LATENT'],
    becomes: one('latent/mix', { samples1: 'a', samples2: 'b' }, ['latent'], {
      params: (values) => ({ t: complement(num(values['blend_factor'], 0.5)) }),
      values: (params) => ({ blend_factor: complement(num(params['t'], 0.5)) }),
    }),
  },
  {
    type: 'LatentInterpolate',
    inputs: two,
    widgets: { ratio: 1 },
    outputs: ['LATENT'],
    becomes: one('latent/slerp', { samples1: 'a', samples2: 'b' }, ['latent'], {
      params: (values) => ({ t: complement(num(values['ratio'], 1)) }),
      values: (params) => ({ ratio: complement(num(params['t'], 0.5)) }),
      differs: () => [{ code: 'interpolation' }],
    }),
  },
  {
    type: 'LatentAdd',
    inputs: two,
    widgets: {},
    outputs: ['LATENT'],
    becomes: one('latent/add', { samples1: 'a', samples2: 'b' }, ['latent'], {
      params: () => ({ amount: 1 }),
      fits: ({ main = {} }) => num(main['amount'], 1) === 1,
    }),
  },
  {
    type: 'LatentSubtract',
    inputs: two,
    widgets: {},
    outputs: ['LATENT'],
    becomes: one('latent/subtract', { samples1: 'a', samples2: 'b' }, ['latent'], {
      params: () => ({ amount: 1 }),
      fits: ({ main = {} }) => num(main['amount'], 1) === 1,
    }),
  },
  {
    type: 'LatentMultiply',
    inputs: { samples: 'LATENT' },
    widgets: { multiplier: 1 },
    outputs: ['LATENT'],
    becomes: one('latent/scale', { samples: 'latent' }, ['latent'], {
      params: (values) => ({ factor: num(values['multiplier'], 1) }),
      values: (params) => ({ multiplier: num(params['factor'], 1) }),
      direct: { multiplier: 'main.factor' },
    }),
  },
  {
    type: 'SaveLatent',
    inputs: { samples: 'LATENT' },
    widgets: { filename_prefix: 'latents/ComfyUI' },
    outputs: [],
    becomes: one('latent/save', { samples: 'latent' }, [], {
      params: (values) => ({
        name: str(values['filename_prefix'], 'latent').replaceAll(/[/\\]/g, '-').slice(0, 100) || 'latent',
      }),
      values: (params) => ({ filename_prefix: str(params['name'], 'latent') }),
    }),
  },
  {
    type: 'LoadLatent',
    inputs: {},
    widgets: { latent: '' },
    outputs: ['LATENT'],
    becomes: { needs: 'value' },
  },
  {
    type: 'RebatchLatents',
    inputs: { latents: 'LATENT' },
    widgets: { batch_size: 1 },
    outputs: ['LATENT'],
    becomes: { needs: 'value' },
  },
  {
    type: 'LatentBatchSeedBehavior',
    inputs: { samples: 'LATENT' },
    widgets: { seed_behavior: 'fixed' },
    outputs: ['LATENT'],
    becomes: { needs: 'value' },
  },
  {
    type: 'EmptySD3LatentImage',
    inputs: {},
    widgets: { width: 1024, height: 1024, batch_size: 1 },
    outputs: ['LATENT'],
    becomes: { needs: 'other-family' },
  },
];

function box(from: Values): Readonly<Record<string, number>> {
  return {
    x: num(from['x'], 0),
    y: num(from['y'], 0),
    width: num(from['width'], 512),
    height: num(from['height'], 512),
  };
}

/** 1 − t without the dust of binary fractions. */
const complement = (t: number): number => Math.round((1 - t) * 1e9) / 1e9;
