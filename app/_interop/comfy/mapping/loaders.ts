/** Checkpoints, autoencoders, text encoders, LoRAs and what patches a model. */
import {
  num,
  one,
  str,
  type ComfyClass,
  type Json,
  type MappingContext,
  type ModelFile,
  type Values,
} from './types';

const file =
  (kind: ModelFile['kind'], ...widgets: readonly string[]) =>
  (values: Values): readonly ModelFile[] =>
    widgets.flatMap((widget) => {
      const name = str(values[widget]);
      return name === '' || name === 'None' ? [] : [{ kind, name }];
    });

const checkpointOutputs = ['unet', 'conditioner', 'firstStage'];

export const loaderClasses: readonly ComfyClass[] = [
  {
    type: 'CheckpointLoaderSimple',
    inputs: {},
    widgets: { ckpt_name: '' },
    outputs: ['MODEL', 'CLIP', 'VAE'],
    models: file('checkpoint', 'ckpt_name'),
    becomes: one('model/package', {}, checkpointOutputs, {
      params: (values, context) => packageOf('checkpoint', str(values['ckpt_name']), context),
      values: (params) => ({ ckpt_name: str(params['package']) }),
    }),
  },
  {
    type: 'CheckpointLoader',
    inputs: {},
    widgets: { config_name: 'v1-inference.yaml', ckpt_name: '' },
    outputs: ['MODEL', 'CLIP', 'VAE'],
    models: file('checkpoint', 'ckpt_name'),
    becomes: one('model/package', {}, checkpointOutputs, {
      params: (values, context) => packageOf('checkpoint', str(values['ckpt_name']), context),
      importOnly: true,
    }),
  },
  {
    type: 'DiffusersLoader',
    inputs: {},
    widgets: { model_path: '' },
    outputs: ['MODEL', 'CLIP', 'VAE'],
    models: file('diffusers', 'model_path'),
    becomes: one('model/package', {}, checkpointOutputs, {
      params: (values, context) => packageOf('diffusers', str(values['model_path']), context),
      importOnly: true,
    }),
  },
  {
    type: 'VAELoader',
    inputs: {},
    widgets: { vae_name: '' },
    outputs: ['VAE'],
    models: file('vae', 'vae_name'),
    becomes: one('model/first-stage', {}, ['firstStage'], {
      params: (values, context) => packageOf('vae', str(values['vae_name']), context),
      values: (params) => ({ vae_name: str(params['package']) }),
    }),
  },
  {
    type: 'unCLIPCheckpointLoader',
    inputs: {},
    widgets: { ckpt_name: '' },
    outputs: ['MODEL', 'CLIP', 'VAE', 'CLIP_VISION'],
    models: file('checkpoint', 'ckpt_name'),
    becomes: { needs: 'clip-vision' },
  },
  {
    type: 'ImageOnlyCheckpointLoader',
    inputs: {},
    widgets: { ckpt_name: '' },
    outputs: ['MODEL', 'CLIP_VISION', 'VAE'],
    models: file('checkpoint', 'ckpt_name'),
    becomes: { needs: 'video' },
  },
  waiting(
    'UNETLoader',
    {},
    { unet_name: '', weight_dtype: 'default' },
    ['MODEL'],
    'other-family',
    file('unet', 'unet_name'),
  ),
  waiting(
    'CLIPLoader',
    {},
    { clip_name: '', type: 'stable_diffusion', device: 'default' },
    ['CLIP'],
    'other-family',
    file('clip', 'clip_name'),
  ),
  waiting(
    'DualCLIPLoader',
    {},
    { clip_name1: '', clip_name2: '', type: 'sdxl', device: 'default' },
    ['CLIP'],
    'other-family',
    file('clip', 'clip_name1', 'clip_name2'),
  ),
  waiting(
    'TripleCLIPLoader',
    {},
    { clip_name1: '', clip_name2: '', clip_name3: '' },
    ['CLIP'],
    'other-family',
    file('clip', 'clip_name1', 'clip_name2', 'clip_name3'),
  ),
  {
    type: 'LoraLoader',
    inputs: { model: 'MODEL', clip: 'CLIP' },
    widgets: { lora_name: '', strength_model: 1, strength_clip: 1 },
    outputs: ['MODEL', 'CLIP'],
    models: file('lora', 'lora_name'),
    becomes: one('model/lora', { model: 'unet', clip: 'conditioner' }, ['unet', 'conditioner'], {
      params: (values, context) => ({
        ...loraOf(values, context),
        textStrength: num(values['strength_clip'], 1),
      }),
      values: (params) => ({
        lora_name: str(params['lora']),
        strength_model: num(params['strength'], 1),
        strength_clip: num(params['textStrength'], 1),
      }),
    }),
  },
  {
    type: 'LoraLoaderModelOnly',
    inputs: { model: 'MODEL' },
    widgets: { lora_name: '', strength_model: 1 },
    outputs: ['MODEL'],
    models: file('lora', 'lora_name'),
    // An export writes the class above: it says the same where no text encoder passes through.
    becomes: one('model/lora', { model: 'unet' }, ['unet'], { params: loraOf, importOnly: true }),
  },
  waiting(
    'HypernetworkLoader',
    { model: 'MODEL' },
    { hypernetwork_name: '', strength: 1 },
    ['MODEL'],
    'hypernetwork',
    file('hypernetwork', 'hypernetwork_name'),
  ),
  {
    type: 'CLIPSetLastLayer',
    inputs: { clip: 'CLIP' },
    widgets: { stop_at_clip_layer: -1 },
    outputs: ['CLIP'],
    // The text nodes behind it skip the layers themselves.
    becomes: {
      folds: (values) => ({ $clip: values['stop_at_clip_layer'] ?? -1 }),
      passes: { 0: 'clip' },
    },
  },
  waiting(
    'ControlNetLoader',
    {},
    { control_net_name: '' },
    ['CONTROL_NET'],
    'control-net',
    file('control-net', 'control_net_name'),
  ),
  waiting(
    'DiffControlNetLoader',
    { model: 'MODEL' },
    { control_net_name: '' },
    ['CONTROL_NET'],
    'control-net',
    file('control-net', 'control_net_name'),
  ),
  waiting(
    'SetUnionControlNetType',
    { control_net: 'CONTROL_NET' },
    { type: 'auto' },
    ['CONTROL_NET'],
    'control-net',
  ),
  waiting(
    'StyleModelLoader',
    {},
    { style_model_name: '' },
    ['STYLE_MODEL'],
    'style-model',
    file('style', 'style_model_name'),
  ),
  waiting(
    'CLIPVisionLoader',
    {},
    { clip_name: '' },
    ['CLIP_VISION'],
    'clip-vision',
    file('clip-vision', 'clip_name'),
  ),
  waiting('GLIGENLoader', {}, { gligen_name: '' }, ['GLIGEN'], 'gligen', file('gligen', 'gligen_name')),
  waiting(
    'UpscaleModelLoader',
    {},
    { model_name: '' },
    ['UPSCALE_MODEL'],
    'upscale-model',
    file('upscale', 'model_name'),
  ),
  // What changes a model.
  ...patches({
    ModelSamplingDiscrete: { sampling: 'eps', zsnr: false },
    ModelSamplingContinuousEDM: { sampling: 'v_prediction', sigma_max: 120, sigma_min: 0.002 },
    ModelSamplingContinuousV: { sampling: 'v_prediction', sigma_max: 500, sigma_min: 0.03 },
    ModelSamplingStableCascade: { shift: 2 },
    ModelSamplingSD3: { shift: 3 },
    ModelSamplingAuraFlow: { shift: 1.73 },
    ModelSamplingFlux: { max_shift: 1.15, base_shift: 0.5, width: 1024, height: 1024 },
    RescaleCFG: { multiplier: 0.7 },
    FreeU: { b1: 1.1, b2: 1.2, s1: 0.9, s2: 0.2 },
    FreeU_V2: { b1: 1.3, b2: 1.4, s1: 0.9, s2: 0.2 },
    HyperTile: { tile_size: 256, swap_size: 2, max_depth: 0, scale_depth: false },
    TomePatchModel: { ratio: 0.3 },
    PatchModelAddDownscale: {
      block_number: 3,
      downscale_factor: 2,
      start_percent: 0,
      end_percent: 0.35,
      downscale_after_skip: true,
      downscale_method: 'bicubic',
      upscale_method: 'bicubic',
    },
    PerturbedAttentionGuidance: { scale: 3 },
    SelfAttentionGuidance: { scale: 0.5, blur_sigma: 2 },
    DifferentialDiffusion: {},
    UNetSelfAttentionMultiply: { q: 1, k: 1, v: 1, out: 1 },
    UNetCrossAttentionMultiply: { q: 1, k: 1, v: 1, out: 1 },
    SkipLayerGuidanceSD3: { layers: '7, 8, 9', scale: 3, start_percent: 0.01, end_percent: 0.15 },
  }),
  merge('ModelMergeSimple', { model1: 'MODEL', model2: 'MODEL' }, { ratio: 1 }, ['MODEL']),
  merge('ModelMergeBlocks', { model1: 'MODEL', model2: 'MODEL' }, { input: 1, middle: 1, out: 1 }, ['MODEL']),
  merge('ModelMergeSubtract', { model1: 'MODEL', model2: 'MODEL' }, { multiplier: 1 }, ['MODEL']),
  merge('ModelMergeAdd', { model1: 'MODEL', model2: 'MODEL' }, {}, ['MODEL']),
  merge('CLIPMergeSimple', { clip1: 'CLIP', clip2: 'CLIP' }, { ratio: 1 }, ['CLIP']),
  merge(
    'CheckpointSave',
    { model: 'MODEL', clip: 'CLIP', vae: 'VAE' },
    { filename_prefix: 'checkpoints/ComfyUI' },
    [],
  ),
];

function packageOf(
  kind: ModelFile['kind'],
  name: string,
  context: { readonly modelId: (file: ModelFile) => string | undefined },
): { readonly package?: string } {
  const id = context.modelId({ kind, name }) ?? name;
  return id === '' ? {} : { package: id };
}

function loraOf(values: Values, context: MappingContext) {
  const name = str(values['lora_name']);
  return {
    lora: context.modelId({ kind: 'lora', name }) ?? (name === 'None' ? '' : name),
    strength: num(values['strength_model'], 1),
  };
}

function waiting(
  type: string,
  inputs: ComfyClass['inputs'],
  widgets: ComfyClass['widgets'],
  outputs: readonly string[],
  needs:
    | 'other-family'
    | 'hypernetwork'
    | 'model-patch'
    | 'control-net'
    | 'style-model'
    | 'clip-vision'
    | 'gligen'
    | 'upscale-model',
  models?: ComfyClass['models'],
): ComfyClass {
  return { type, inputs, widgets, outputs, becomes: { needs }, ...(models && { models }) };
}

function patches(table: Readonly<Record<string, Readonly<Record<string, Json>>>>): readonly ComfyClass[] {
  return Object.entries(table).map(([type, widgets]) => ({
    type,
    inputs: { model: 'MODEL' },
    widgets,
    outputs: ['MODEL'],
    becomes: { needs: 'model-patch' },
  }));
}

function merge(
  type: string,
  inputs: ComfyClass['inputs'],
  widgets: ComfyClass['widgets'],
  outputs: readonly string[],
): ComfyClass {
  return { type, inputs, widgets, outputs, becomes: { needs: 'model-merge' } };
}
