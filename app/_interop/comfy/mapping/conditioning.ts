/** Prompts and what is done with conditions. */
import { one, num, str, type ComfyClass, type Difference } from './types';

/** `(word:1.2)`, `(word)`, `[word]`, not when escaped; what follows `embedding:` is a textual inversion. */
function promptDiffers(text: string): readonly Difference[] {
  const found: Difference[] = [];
  const plain = text.replace(/\\[()[\]]/g, '');
  if (/\([^()]*\)/.test(plain)) found.push({ code: 'prompt-weights' });
  const embedding = /embedding:\s*([\w./\\-]+)/.exec(text);
  if (embedding) found.push({ code: 'embedding', what: embedding[1] ?? '' });
  return found;
}

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
      params: (values) => ({ text: str(values['text']) }),
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
    becomes: { needs: 'conditioning' },
  },
  {
    type: 'CLIPTextEncodeSDXLRefiner',
    inputs: { clip: 'CLIP' },
    widgets: { ascore: 6, width: 1024, height: 1024, text: '' },
    outputs: ['CONDITIONING'],
    becomes: { needs: 'conditioning' },
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
  area('ConditioningSetArea', { width: 64, height: 64, x: 0, y: 0, strength: 1 }),
  area('ConditioningSetAreaPercentage', { width: 1, height: 1, x: 0, y: 0, strength: 1 }),
  area('ConditioningSetAreaStrength', { strength: 1 }),
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

function area(type: string, widgets: Readonly<Record<string, number>>): ComfyClass {
  return {
    type,
    inputs: { conditioning: 'CONDITIONING' },
    widgets,
    outputs: ['CONDITIONING'],
    becomes: { needs: 'conditioning' },
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
