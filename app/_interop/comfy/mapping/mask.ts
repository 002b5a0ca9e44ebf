/** Masks: 1 is drawn anew here and there. */
import { num, one, str, yes, type ComfyClass } from './types';

export const maskClasses: readonly ComfyClass[] = [
  {
    type: 'InvertMask',
    inputs: { mask: 'MASK' },
    widgets: {},
    outputs: ['MASK'],
    becomes: one('mask/invert', { mask: 'mask' }, ['mask']),
  },
  {
    type: 'GrowMask',
    inputs: { mask: 'MASK' },
    widgets: { expand: 0, tapered_corners: true },
    outputs: ['MASK'],
    becomes: one('mask/grow', { mask: 'mask' }, ['mask'], {
      params: (values) => ({ pixels: num(values['expand'], 0) }),
      values: (params) => ({ expand: num(params['pixels'], 8) }),
      direct: { expand: 'main.pixels' },
      differs: (values) =>
        yes(values['tapered_corners']) && num(values['expand'], 0) !== 0 ? [{ code: 'corner-rules' }] : [],
    }),
  },
  {
    type: 'FeatherMask',
    inputs: { mask: 'MASK' },
    widgets: { left: 0, top: 0, right: 0, bottom: 0 },
    outputs: ['MASK'],
    becomes: one('mask/feather-edges', { mask: 'mask' }, ['mask'], {
      params: (values) => sides(values),
      values: (params) => sides(params),
      direct: { left: 'main.left', top: 'main.top', right: 'main.right', bottom: 'main.bottom' },
      // There the ramps at the right and at the bottom begin one pixel late.
      differs: ({ right, bottom }) =>
        num(right, 0) > 0 || num(bottom, 0) > 0 ? [{ code: 'feather-shape' }] : [],
    }),
  },
  {
    type: 'SolidMask',
    inputs: {},
    widgets: { value: 1, width: 512, height: 512 },
    outputs: ['MASK'],
    becomes: one('mask/solid', {}, ['mask'], {
      params: (values) => ({
        value: num(values['value'], 1),
        width: num(values['width'], 512),
        height: num(values['height'], 512),
      }),
      values: (params) => ({
        value: num(params['value'], 1),
        width: num(params['width'], 512),
        height: num(params['height'], 512),
      }),
      direct: { value: 'main.value', width: 'main.width', height: 'main.height' },
    }),
  },
  {
    type: 'MaskComposite',
    inputs: { destination: 'MASK', source: 'MASK' },
    widgets: { x: 0, y: 0, operation: 'multiply' },
    outputs: ['MASK'],
    becomes: one('mask/combine', { destination: 'a', source: 'b' }, ['mask'], {
      params: (values) => ({
        x: num(values['x'], 0),
        y: num(values['y'], 0),
        operation: str(values['operation'], 'multiply'),
      }),
      values: (params) => ({
        x: num(params['x'], 0),
        y: num(params['y'], 0),
        operation: str(params['operation'], 'multiply'),
      }),
      direct: { x: 'main.x', y: 'main.y', operation: 'main.operation' },
    }),
  },
  {
    type: 'CropMask',
    inputs: { mask: 'MASK' },
    widgets: { x: 0, y: 0, width: 512, height: 512 },
    outputs: ['MASK'],
    becomes: one('mask/crop', { mask: 'mask' }, ['mask'], {
      params: (values) => ({
        x: num(values['x'], 0),
        y: num(values['y'], 0),
        width: num(values['width'], 512),
        height: num(values['height'], 512),
      }),
      values: (params) => ({
        x: num(params['x'], 0),
        y: num(params['y'], 0),
        width: num(params['width'], 512),
        height: num(params['height'], 512),
      }),
      direct: { x: 'main.x', y: 'main.y', width: 'main.width', height: 'main.height' },
    }),
  },
  {
    type: 'ThresholdMask',
    inputs: { mask: 'MASK' },
    widgets: { value: 0.5 },
    outputs: ['MASK'],
    becomes: one('mask/threshold', { mask: 'mask' }, ['mask'], {
      params: (values) => ({ value: num(values['value'], 0.5) }),
      values: (params) => ({ value: num(params['value'], 0.5) }),
      direct: { value: 'main.value' },
    }),
  },
  {
    type: 'MaskToImage',
    inputs: { mask: 'MASK' },
    widgets: {},
    outputs: ['IMAGE'],
    becomes: one('image/from-mask', { mask: 'mask' }, ['image']),
  },
  {
    type: 'ImageToMask',
    inputs: { image: 'IMAGE' },
    widgets: { channel: 'red' },
    outputs: ['MASK'],
    // A picture on a wire has no transparency here.
    unlike: (values) => (values['channel'] === 'alpha' ? 'value' : undefined),
    becomes: one('mask/from-image', { image: 'image' }, ['mask'], {
      params: (values) => ({ channel: str(values['channel'], 'red') }),
      values: (params) => ({ channel: str(params['channel'], 'red') }),
      direct: { channel: 'main.channel' },
    }),
  },
  {
    type: 'ImageColorToMask',
    inputs: { image: 'IMAGE' },
    widgets: { color: 0 },
    outputs: ['MASK'],
    becomes: { needs: 'image-effect' },
  },
  {
    type: 'MaskPreview',
    inputs: { mask: 'MASK' },
    widgets: {},
    outputs: [],
    becomes: {
      parts: { picture: 'image/from-mask', main: 'image/output' },
      inner: [['picture.image', 'main.image']],
      inputs: { mask: ['picture.mask'] },
      outputs: [],
      params: () => ({}),
      importOnly: true,
    },
  },
];

function sides(from: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  const side = (name: string): number => (typeof from[name] === 'number' ? from[name] : 0);
  return { left: side('left'), top: side('top'), right: side('right'), bottom: side('bottom') };
}
