/** Prompts and what is done with conditions. */
import { num, one, str, type ComfyClass, type Difference, type Params, type Values } from './types';

/** What follows `embedding:` is a textual inversion. */
function promptDiffers(text: string): readonly Difference[] {
  const embedding = /embedding:\s*([\w./\\-]+)/.exec(text);
  return embedding ? [{ code: 'embedding', what: embedding[1] ?? '' }] : [];
}

/** How ComfyUI reads a prompt: weights against the empty prompt, long ones in chunks; layers skipped by a node before it. */
const promptParams = (values: Values, text: string): Params => ({
  text,
  weights: 'interpolate',
  tooLong: 'chunk',
  // −1 is the last layer there, 0 skips none here.
  clipSkip: Math.min(12, Math.max(0, -1 - num(values['$clip'], -1))),
});

export const conditioningClasses: readonly ComfyClass[] = [
  {
    type: 'CLIPTextEncode',
    inputs: { clip: 'CLIP' },
    widgets: { text: '' },
    outputs: ['CONDITIONING'],
    models: (values) =>
      [...str(values['text']).matchAll(/embedding:\s*([\w./\\-]+)/g)].map((match) => ({
        kind: 'embedding',
        name: match[1] ?? '',
      })),
    becomes: one('conditioning/text', { clip: 'conditioner' }, ['conditioning'], {
      params: (values) => promptParams(values, str(values['text'])),
      values: (params) => ({ text: str(params['text']) }),
      direct: { text: 'main.text' },
      differs: (values) => promptDiffers(str(values['text'])),
    }),
  },
  {
    type: 'CLIPTextEncodeSDXL',
    inputs: { clip: 'CLIP' },
    widgets: {
      width: 1024,
      height: 1024,
      crop_w: 0,
      crop_h: 0,
      target_width: 1024,
      target_height: 1024,
      text_g: '',
      text_l: '',
    },
    outputs: ['CONDITIONING'],
    becomes: one('conditioning/text', { clip: 'conditioner' }, ['conditioning'], {
      params: (values) => ({
        ...promptParams(values, str(values['text_g'])),
        originalWidth: num(values['width'], 1024),
        originalHeight: num(values['height'], 1024),
        cropLeft: num(values['crop_w'], 0),
        cropTop: num(values['crop_h'], 0),
        targetWidth: num(values['target_width'], 1024),
        targetHeight: num(values['target_height'], 1024),
      }),
      values: (params) => ({
        text_g: str(params['text']),
        width: num(params['originalWidth'], 1024),
        height: num(params['originalHeight'], 1024),
        crop_w: num(params['cropLeft'], 0),
        crop_h: num(params['cropTop'], 0),
        target_width: num(params['targetWidth'], 1024),
        target_height: num(params['targetHeight'], 1024),
      }),
      direct: { text_g: 'main.text' },
      differs: (values) => [
        ...promptDiffers(str(values['text_g'])),
        ...(str(values['text_g']) === str(values['text_l']) ? [] : [{ code: 'two-prompts' } as const]),
      ],
      importOnly: true,
    }),
  },
  {
    type: 'CLIPTextEncodeSDXLRefiner',
    inputs: { clip: 'CLIP' },
    widgets: { ascore: 6, width: 1024, height: 1024, text: '' },
    outputs: ['CONDITIONING'],
    becomes: one('conditioning/text', { clip: 'conditioner' }, ['conditioning'], {
      params: (values) => ({
        ...promptParams(values, str(values['text'])),
        originalWidth: num(values['width'], 1024),
        originalHeight: num(values['height'], 1024),
      }),
      values: (params) => ({
        text: str(params['text']),
        width: num(params['originalWidth'], 1024),
        height: num(params['originalHeight'], 1024),
      }),
      direct: { text: 'main.text' },
      differs: (values) => [...promptDiffers(str(values['text'])), { code: 'score' }],
      importOnly: true,
    }),
  },
  {
    type: 'ConditioningCombine',
    inputs: { conditioning_1: 'CONDITIONING', conditioning_2: 'CONDITIONING' },
    widgets: {},
    outputs: ['CONDITIONING'],
    // Each condition counts alike, so the weight of B is its share of all that were combined: see `combined` in import.ts.
    becomes: one('conditioning/mix', { conditioning_1: 'a', conditioning_2: 'b' }, ['conditioning'], {
      params: (values) => ({ weight: num(values['$share'], 0.5) }),
      fits: ({ main = {} }) => num(main['weight'], 0.5) > 0 && num(main['weight'], 0.5) < 1,
    }),
  },
  {
    type: 'ConditioningConcat',
    inputs: { conditioning_to: 'CONDITIONING', conditioning_from: 'CONDITIONING' },
    widgets: {},
    outputs: ['CONDITIONING'],
    becomes: one('conditioning/concat', { conditioning_to: 'a', conditioning_from: 'b' }, ['conditioning']),
  },
  {
    type: 'ConditioningAverage',
    inputs: { conditioning_to: 'CONDITIONING', conditioning_from: 'CONDITIONING' },
    widgets: { conditioning_to_strength: 1 },
    outputs: ['CONDITIONING'],
    becomes: one('conditioning/average', { conditioning_to: 'a', conditioning_from: 'b' }, ['conditioning'], {
      params: (values) => ({ weight: num(values['conditioning_to_strength'], 1) }),
      values: (params) => ({ conditioning_to_strength: num(params['weight'], 1) }),
      direct: { conditioning_to_strength: 'main.weight' },
    }),
  },
  {
    type: 'ConditioningSetTimestepRange',
    inputs: { conditioning: 'CONDITIONING' },
    widgets: { start: 0, end: 1 },
    outputs: ['CONDITIONING'],
    becomes: one('conditioning/range', { conditioning: 'conditioning' }, ['conditioning'], {
      params: (values) => ({ start: num(values['start'], 0), end: num(values['end'], 1) }),
      values: (params) => ({ start: num(params['start'], 0), end: num(params['end'], 1) }),
      direct: { start: 'main.start', end: 'main.end' },
      differs: (values) =>
        num(values['start'], 0) <= 0 && num(values['end'], 1) >= 1 ? [] : [{ code: 'range-of-steps' }],
    }),
  },
  {
    type: 'ConditioningZeroOut',
    inputs: { conditioning: 'CONDITIONING' },
    widgets: {},
    outputs: ['CONDITIONING'],
    becomes: one('conditioning/zero', { conditioning: 'conditioning' }, ['conditioning']),
  },
  area('ConditioningSetArea', 'px', { width: 64, height: 64, x: 0, y: 0, strength: 1 }),
  area('ConditioningSetAreaPercentage', 'fraction', { width: 1, height: 1, x: 0, y: 0, strength: 1 }),
  {
    type: 'ConditioningSetAreaStrength',
    inputs: { conditioning: 'CONDITIONING' },
    widgets: { strength: 1 },
    outputs: ['CONDITIONING'],
    becomes: { needs: 'conditioning' },
  },
  {
    type: 'ConditioningSetMask',
    inputs: { conditioning: 'CONDITIONING', mask: 'MASK' },
    widgets: { strength: 1, set_cond_area: 'default' },
    outputs: ['CONDITIONING'],
    becomes: { needs: 'conditioning' },
  },
  control(
    'ControlNetApply',
    { conditioning: 'CONDITIONING', control_net: 'CONTROL_NET', image: 'IMAGE' },
    { strength: 1 },
    ['CONDITIONING'],
  ),
  control(
    'ControlNetApplyAdvanced',
    {
      positive: 'CONDITIONING',
      negative: 'CONDITIONING',
      control_net: 'CONTROL_NET',
      image: 'IMAGE',
      vae: 'VAE',
    },
    { strength: 1, start_percent: 0, end_percent: 1 },
    ['CONDITIONING', 'CONDITIONING'],
  ),
  control(
    'ControlNetInpaintingAliMamaApply',
    {
      positive: 'CONDITIONING',
      negative: 'CONDITIONING',
      control_net: 'CONTROL_NET',
      vae: 'VAE',
      image: 'IMAGE',
      mask: 'MASK',
    },
    { strength: 1, start_percent: 0, end_percent: 1 },
    ['CONDITIONING', 'CONDITIONING'],
  ),
  {
    type: 'unCLIPConditioning',
    inputs: { conditioning: 'CONDITIONING', clip_vision_output: 'CLIP_VISION_OUTPUT' },
    widgets: { strength: 1, noise_augmentation: 0 },
    outputs: ['CONDITIONING'],
    becomes: { needs: 'clip-vision' },
  },
  {
    type: 'CLIPVisionEncode',
    inputs: { clip_vision: 'CLIP_VISION', image: 'IMAGE' },
    widgets: { crop: 'center' },
    outputs: ['CLIP_VISION_OUTPUT'],
    becomes: { needs: 'clip-vision' },
  },
  {
    type: 'StyleModelApply',
    inputs: {
      conditioning: 'CONDITIONING',
      style_model: 'STYLE_MODEL',
      clip_vision_output: 'CLIP_VISION_OUTPUT',
    },
    widgets: { strength: 1, strength_type: 'multiply' },
    outputs: ['CONDITIONING'],
    becomes: { needs: 'style-model' },
  },
  {
    type: 'GLIGENTextBoxApply',
    inputs: { conditioning_to: 'CONDITIONING', clip: 'CLIP', gligen_textbox_model: 'GLIGEN' },
    widgets: { text: '', width: 64, height: 64, x: 0, y: 0 },
    outputs: ['CONDITIONING'],
    becomes: { needs: 'gligen' },
  },
  {
    type: 'InpaintModelConditioning',
    inputs: { positive: 'CONDITIONING', negative: 'CONDITIONING', vae: 'VAE', pixels: 'IMAGE', mask: 'MASK' },
    widgets: { noise_mask: true },
    outputs: ['CONDITIONING', 'CONDITIONING', 'LATENT'],
    outputNames: ['positive', 'negative', 'latent'],
    becomes: { needs: 'conditioning' },
  },
  {
    type: 'InstructPixToPixConditioning',
    inputs: { positive: 'CONDITIONING', negative: 'CONDITIONING', vae: 'VAE', pixels: 'IMAGE' },
    widgets: {},
    outputs: ['CONDITIONING', 'CONDITIONING', 'LATENT'],
    outputNames: ['positive', 'negative', 'latent'],
    becomes: { needs: 'conditioning' },
  },
  {
    type: 'SD_4XUpscale_Conditioning',
    inputs: { images: 'IMAGE', positive: 'CONDITIONING', negative: 'CONDITIONING' },
    widgets: { scale_ratio: 4, noise_augmentation: 0 },
    outputs: ['CONDITIONING', 'CONDITIONING', 'LATENT'],
    outputNames: ['positive', 'negative', 'latent'],
    becomes: { needs: 'conditioning' },
  },
  {
    type: 'FluxGuidance',
    inputs: { conditioning: 'CONDITIONING' },
    widgets: { guidance: 3.5 },
    outputs: ['CONDITIONING'],
    becomes: { needs: 'other-family' },
  },
];

function area(type: string, unit: 'px' | 'fraction', widgets: Readonly<Record<string, number>>): ComfyClass {
  const numbers = (from: Values): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(widgets).map(([name, value]) => [name, num(from[name], value)]));
  return {
    type,
    inputs: { conditioning: 'CONDITIONING' },
    widgets,
    outputs: ['CONDITIONING'],
    becomes: one('conditioning/area', { conditioning: 'conditioning' }, ['conditioning'], {
      params: (values) => ({ unit, ...numbers(values) }),
      values: numbers,
      direct: Object.fromEntries(Object.keys(widgets).map((name) => [name, `main.${name}`])),
      fits: ({ main = {} }) => main['unit'] === unit,
      // There the network sees the cut-out alone, here the whole picture.
      differs: () => [{ code: 'area-whole' }],
    }),
  };
}

function control(
  type: string,
  inputs: ComfyClass['inputs'],
  widgets: ComfyClass['widgets'],
  outputs: readonly string[],
): ComfyClass {
  return { type, inputs, widgets, outputs, becomes: { needs: 'control-net' } };
}
