/** Pictures: loading, saving, sizes and plain effects. */
import { pictureName } from '../picture-name';
import { methodOf, modeOf, resizeDiffers } from './latent';
import { num, one, str, yes, type ComfyClass, type Values } from './types';

const scaled = { upscale_method: 'nearest-exact' };
const nameOf = (values: Values): string =>
  str(values['filename_prefix'], 'ComfyUI').replaceAll(/[/\\]/g, '-').slice(0, 100);

export const imageClasses: readonly ComfyClass[] = [
  {
    type: 'LoadImage',
    inputs: {},
    widgets: { image: '' },
    editorOnly: ['image'],
    outputs: ['IMAGE', 'MASK'],
    becomes: one('image/load', {}, ['image', 'mask'], {
      // ComfyUI drops the alpha channel and keeps the colours under it.
      params: (values, context) => ({
        source: context.picture?.(str(values['image'])) ?? null,
        background: 'keep',
      }),
      values: ({ source }): Values => (typeof source === 'string' ? { image: pictureName(source) } : {}),
    }),
  },
  {
    type: 'LoadImageMask',
    inputs: {},
    widgets: { image: '', channel: 'alpha' },
    editorOnly: ['image'],
    outputs: ['MASK'],
    becomes: one('mask/load', {}, ['mask'], {
      // Transparency is turned round there: 1 where the picture is transparent.
      params: (values, context) => ({
        source: context.picture?.(str(values['image'])) ?? null,
        channel: values['channel'] === 'alpha' ? 'alpha' : 'brightness',
        convention: values['channel'] === 'alpha' ? 'white-keeps' : 'white-regenerates',
      }),
      values: ({ source, channel }) => ({
        channel: channel === 'alpha' ? 'alpha' : 'red',
        ...(typeof source === 'string' && { image: pictureName(source) }),
      }),
      differs: (values) =>
        values['channel'] === 'alpha' ? [] : [{ code: 'mask-channel', what: str(values['channel']) }],
    }),
  },
  {
    type: 'SaveImage',
    inputs: { images: 'IMAGE' },
    widgets: { filename_prefix: 'ComfyUI' },
    outputs: [],
    becomes: one('image/output', { images: 'image' }, [], {
      params: (values) => ({ name: nameOf(values) }),
      values: (params) => ({ filename_prefix: str(params['name'], 'loom') }),
      direct: { filename_prefix: 'main.name' },
    }),
  },
  {
    type: 'PreviewImage',
    inputs: { images: 'IMAGE' },
    widgets: {},
    outputs: [],
    becomes: one('image/output', { images: 'image' }, [], { importOnly: true }),
  },
  {
    type: 'ImageScale',
    inputs: { image: 'IMAGE' },
    widgets: { ...scaled, width: 512, height: 512, crop: 'disabled' },
    outputs: ['IMAGE'],
    becomes: one('image/resize', { image: 'image' }, ['resized'], {
      params: (values) => ({
        width: Math.max(1, num(values['width'], 512)),
        height: Math.max(1, num(values['height'], 512)),
        fit: values['crop'] === 'center' ? 'cover' : 'stretch',
        mode: modeOf(values),
      }),
      values: (params) => ({
        width: num(params['width'], 512),
        height: num(params['height'], 512),
        crop: params['fit'] === 'cover' ? 'center' : 'disabled',
        upscale_method: methodOf(params['mode']),
      }),
      direct: { width: 'main.width', height: 'main.height' },
      fits: ({ main = {} }) => main['fit'] !== 'contain',
      differs: resizeDiffers,
    }),
  },
  {
    type: 'ImageScaleBy',
    inputs: { image: 'IMAGE' },
    widgets: { ...scaled, scale_by: 1 },
    outputs: ['IMAGE'],
    becomes: one('image/scale-by', { image: 'image' }, ['image'], {
      params: (values) => ({ factor: num(values['scale_by'], 1), mode: modeOf(values) }),
      values: (params) => ({ scale_by: num(params['factor'], 1), upscale_method: methodOf(params['mode']) }),
      direct: { scale_by: 'main.factor' },
      differs: resizeDiffers,
    }),
  },
  {
    type: 'ImageScaleToTotalPixels',
    inputs: { image: 'IMAGE' },
    widgets: { ...scaled, megapixels: 1, resolution_steps: 1 },
    outputs: ['IMAGE'],
    becomes: one('image/total-pixels', { image: 'image' }, ['image'], {
      params: (values) => ({
        megapixels: num(values['megapixels'], 1),
        multiple: num(values['resolution_steps'], 1),
        mode: modeOf(values),
      }),
      values: (params) => ({
        megapixels: num(params['megapixels'], 1),
        resolution_steps: num(params['multiple'], 1),
        upscale_method: methodOf(params['mode']),
      }),
      direct: { megapixels: 'main.megapixels' },
      differs: resizeDiffers,
    }),
  },
  {
    type: 'ImagePadForOutpaint',
    inputs: { image: 'IMAGE' },
    widgets: { left: 0, top: 0, right: 0, bottom: 0, feathering: 40 },
    outputs: ['IMAGE', 'MASK'],
    becomes: one('image/pad', { image: 'image' }, ['padded', 'mask'], {
      params: (values) => ({
        left: num(values['left'], 0),
        top: num(values['top'], 0),
        right: num(values['right'], 0),
        bottom: num(values['bottom'], 0),
        fill: 'grey',
        overlap: num(values['feathering'], 40),
      }),
      values: (params) => ({
        left: num(params['left'], 0),
        top: num(params['top'], 0),
        right: num(params['right'], 0),
        bottom: num(params['bottom'], 0),
        feathering: num(params['overlap'], 0),
      }),
      direct: {
        left: 'main.left',
        top: 'main.top',
        right: 'main.right',
        bottom: 'main.bottom',
        feathering: 'main.overlap',
      },
      differs: (values) => (num(values['feathering'], 40) > 0 ? [{ code: 'feather-shape' }] : []),
    }),
  },
  {
    type: 'ImageCompositeMasked',
    inputs: { destination: 'IMAGE', source: 'IMAGE', mask: 'MASK' },
    widgets: { x: 0, y: 0, resize_source: false },
    outputs: ['IMAGE'],
    becomes: one('image/paste', { destination: 'a', source: 'b', mask: 'mask' }, ['image'], {
      params: (values) => ({
        x: num(values['x'], 0),
        y: num(values['y'], 0),
        resize: yes(values['resize_source']),
      }),
      values: (params) => ({
        x: num(params['x'], 0),
        y: num(params['y'], 0),
        resize_source: yes(params['resize']),
      }),
      direct: { x: 'main.x', y: 'main.y', resize_source: 'main.resize' },
    }),
  },
  {
    type: 'ImageInvert',
    inputs: { image: 'IMAGE' },
    widgets: {},
    outputs: ['IMAGE'],
    becomes: one('image/invert', { image: 'image' }, ['image']),
  },
  {
    type: 'ImageSharpen',
    inputs: { image: 'IMAGE' },
    widgets: { sharpen_radius: 1, sigma: 1, alpha: 1 },
    outputs: ['IMAGE'],
    becomes: one('image/sharpen', { image: 'image' }, ['image'], {
      params: (values) => ({
        radius: num(values['sharpen_radius'], 1),
        sigma: num(values['sigma'], 1),
        amount: num(values['alpha'], 1),
      }),
      values: (params) => ({
        sharpen_radius: num(params['radius'], 1),
        sigma: num(params['sigma'], 1),
        alpha: num(params['amount'], 1),
      }),
      direct: { sharpen_radius: 'main.radius', sigma: 'main.sigma', alpha: 'main.amount' },
    }),
  },
  {
    type: 'ImageBlur',
    inputs: { image: 'IMAGE' },
    widgets: { blur_radius: 1, sigma: 1 },
    outputs: ['IMAGE'],
    becomes: one('image/blur', { image: 'image' }, ['image'], {
      params: (values) => ({ radius: num(values['blur_radius'], 1), sigma: num(values['sigma'], 1) }),
      values: (params) => ({ blur_radius: num(params['radius'], 1), sigma: num(params['sigma'], 1) }),
      direct: { blur_radius: 'main.radius', sigma: 'main.sigma' },
    }),
  },
  {
    type: 'ImageBatch',
    inputs: { image1: 'IMAGE', image2: 'IMAGE' },
    widgets: {},
    outputs: ['IMAGE'],
    becomes: one('image/batch', { image1: 'a', image2: 'b' }, ['image']),
  },
  {
    type: 'RepeatImageBatch',
    inputs: { image: 'IMAGE' },
    widgets: { amount: 1 },
    outputs: ['IMAGE'],
    becomes: one('image/repeat', { image: 'image' }, ['image'], {
      params: (values) => ({ count: num(values['amount'], 1) }),
      values: (params) => ({ amount: num(params['count'], 1) }),
      direct: { amount: 'main.count' },
    }),
  },
  {
    type: 'ImageFromBatch',
    inputs: { image: 'IMAGE' },
    widgets: { batch_index: 0, length: 1 },
    outputs: ['IMAGE'],
    becomes: one('image/pick', { image: 'image' }, ['picked'], {
      params: (values) => ({ index: num(values['batch_index'], 0), count: num(values['length'], 1) }),
      values: (params) => ({ batch_index: num(params['index'], 0), length: num(params['count'], 1) }),
      direct: { batch_index: 'main.index', length: 'main.count' },
    }),
  },
  {
    type: 'ImageCrop',
    inputs: { image: 'IMAGE' },
    widgets: { width: 512, height: 512, x: 0, y: 0 },
    outputs: ['IMAGE'],
    becomes: one('image/crop', { image: 'image' }, ['cropped'], {
      params: (values) => ({
        x: num(values['x'], 0),
        y: num(values['y'], 0),
        width: num(values['width'], 512),
        height: num(values['height'], 512),
      }),
      values: (params) => ({
        width: num(params['width'], 512),
        height: num(params['height'], 512),
        x: num(params['x'], 0),
        y: num(params['y'], 0),
      }),
      direct: { width: 'main.width', height: 'main.height', x: 'main.x', y: 'main.y' },
    }),
  },
  {
    type: 'EmptyImage',
    inputs: {},
    widgets: { width: 512, height: 512, batch_size: 1, color: 0 },
    outputs: ['IMAGE'],
    becomes: one('image/solid', {}, ['image'], {
      params: (values) => ({
        width: num(values['width'], 512),
        height: num(values['height'], 512),
        batch: num(values['batch_size'], 1),
        color: `#${Math.max(0, Math.min(0xffffff, num(values['color'], 0)))
          .toString(16)
          .padStart(6, '0')}`,
      }),
      values: (params) => ({
        width: num(params['width'], 512),
        height: num(params['height'], 512),
        batch_size: num(params['batch'], 1),
        color: Number.parseInt(str(params['color'], '#000000').slice(1), 16) || 0,
      }),
      direct: { width: 'main.width', height: 'main.height' },
    }),
  },
  effect('ImageBlend', { image1: 'IMAGE', image2: 'IMAGE' }, { blend_factor: 0.5, blend_mode: 'normal' }, [
    'IMAGE',
  ]),
  effect('ImageQuantize', { image: 'IMAGE' }, { colors: 256, dither: 'none' }, ['IMAGE']),
  effect('Canny', { image: 'IMAGE' }, { low_threshold: 0.4, high_threshold: 0.8 }, ['IMAGE']),
  effect('SplitImageWithAlpha', { image: 'IMAGE' }, {}, ['IMAGE', 'MASK']),
  effect('JoinImageWithAlpha', { image: 'IMAGE', alpha: 'MASK' }, {}, ['IMAGE']),
  effect(
    'PorterDuffImageComposite',
    { source: 'IMAGE', source_alpha: 'MASK', destination: 'IMAGE', destination_alpha: 'MASK' },
    { mode: 'DST' },
    ['IMAGE', 'MASK'],
  ),
  effect('ImageFlip', { image: 'IMAGE' }, { flip_method: 'x-axis: vertically' }, ['IMAGE']),
  effect('ImageRotate', { image: 'IMAGE' }, { rotation: 'none' }, ['IMAGE']),
  effect('RebatchImages', { images: 'IMAGE' }, { batch_size: 1 }, ['IMAGE']),
  effect('GetImageSize', { image: 'IMAGE' }, {}, ['INT', 'INT', 'INT']),
  effect(
    'SaveAnimatedWEBP',
    { images: 'IMAGE' },
    { filename_prefix: 'ComfyUI', fps: 6, lossless: true, quality: 80, method: 'default' },
    [],
  ),
  effect(
    'SaveAnimatedPNG',
    { images: 'IMAGE' },
    { filename_prefix: 'ComfyUI', fps: 6, compress_level: 4 },
    [],
  ),
  {
    type: 'ImageUpscaleWithModel',
    inputs: { upscale_model: 'UPSCALE_MODEL', image: 'IMAGE' },
    widgets: {},
    outputs: ['IMAGE'],
    becomes: { needs: 'upscale-model' },
  },
];

function effect(
  type: string,
  inputs: ComfyClass['inputs'],
  widgets: ComfyClass['widgets'],
  outputs: readonly string[],
): ComfyClass {
  return { type, inputs, widgets, outputs, becomes: { needs: 'image-effect' } };
}
