/**
 * Checkpoints of the true size, as headers without data: published architectures are told apart and get the
 * published configs, heads and groups included, which no shape tells (brief §12).
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { WeightRef } from '@/engine/types';
import { readCheckpoint } from '@/models/checkpoint/checkpoint';
import { openClipPlace, unetPlace, vaePlace, type FilePlace } from '@/models/checkpoint/names';
import { klDecoder, klEncoder } from '@/models/networks/diffusers/autoencoder-kl';
import { unet2dCondition } from '@/models/networks/diffusers/unet-2d-condition';
import { unet2dConditionConfig } from '@/models/networks/diffusers/unet-2d-condition-config';
import { weightsOf } from '@/models/networks/map-weights';
import { networkOf } from '@/models/networks/network-of';
import { clipText } from '@/models/networks/transformers/clip-text';
import type { SafetensorsHeader, TensorPlace } from '@/models/weights/safetensors-header';
import { jsonOf } from './kit';

const published = z
  .record(z.string(), z.object({ config: z.record(z.string(), z.unknown()) }))
  .parse(jsonOf('architectures.json'));
const configOf = (name: string): Readonly<Record<string, unknown>> => published[name]?.config ?? {};

/** Tensors of a part under the names of a single file; packed ones are put together again. */
class Header {
  readonly #tensors = new Map<string, TensorPlace>();
  #offset = 1000;

  part(refs: readonly WeightRef[], prefix: string, place: (weight: string) => FilePlace | undefined): this {
    for (const { name, shape } of refs) {
      const found = place(name);
      if (found === undefined) throw new Error(`no place for ${name}`);
      const [first = 1, ...rest] = shape;
      const whole = [first * (found.part?.of ?? 1), ...rest];
      // Their autoencoders keep attention as 1×1 convolutions, their text projections the other way round.
      const turned = found.name === 'text_projection' ? whole.toReversed() : whole;
      const bytes = 2 * whole.reduce((a, b) => a * b, 1);
      const stored = /attn_1\.(?:q|k|v|proj_out)\.weight$/u.test(found.name) ? [...whole, 1, 1] : turned;
      if (!this.#tensors.has(prefix + found.name)) {
        this.#tensors.set(prefix + found.name, { type: 'F16', shape: stored, offset: this.#offset, bytes });
        this.#offset += bytes;
      }
    }
    return this;
  }
  unet(name: string, given: unknown = configOf(name)): this {
    const config = unet2dConditionConfig.parse(given);
    const shape = {
      layers: Number(config.layers_per_block),
      upAttention: config.up_block_types.map((type) => type === 'CrossAttnUpBlock2D'),
    };
    const refs = unet2dCondition(given).ops.flatMap(weightsOf);
    return this.part(refs, 'model.diffusion_model.', (weight) => unetPlace(weight, shape));
  }
  vae(): this {
    const refs = [klEncoder(configOf('vae')), klDecoder(configOf('vae'))].flatMap(({ ops }) =>
      ops.flatMap(weightsOf),
    );
    return this.part(refs, 'first_stage_model.', (weight) => vaePlace(weight, 4));
  }
  clip(prefix: string): this {
    const refs = clipText(configOf('clip-l')).ops.flatMap(weightsOf);
    return this.part(refs, prefix, (name) => ({ name }));
  }
  openClip(name: string, prefix: string, projection: boolean, layers?: number): this {
    const config = { ...configOf(name), ...(layers !== undefined && { num_hidden_layers: layers }) };
    return this.part(clipText(config, { projection }).ops.flatMap(weightsOf), prefix, openClipPlace);
  }
  read(file = 'model.safetensors', metadata: Record<string, string> = {}) {
    const header: SafetensorsHeader = { metadata, tensors: this.#tensors };
    return readCheckpoint(header, file);
  }
}

const sd1 = (unet: string) => new Header().unet(unet).vae().clip('cond_stage_model.transformer.');
const sd2 = (unet: string, layers = 24) =>
  new Header().unet(unet).vae().openClip('open-clip-h', 'cond_stage_model.model.', false, layers);
const sdxl = () =>
  new Header()
    .unet('sdxl')
    .vae()
    .clip('conditioner.embedders.0.transformer.')
    .openClip('open-clip-g', 'conditioner.embedders.1.model.', true);
const refiner = () =>
  new Header().unet('sdxl-refiner').vae().openClip('open-clip-g', 'conditioner.embedders.0.model.', true);

describe('published checkpoints are told by names and shapes', () => {
  it.each([
    ['sd15', () => sd1('sd15'), 'sd1', 'base'],
    ['sd15-inpaint', () => sd1('sd15-inpaint'), 'sd1', 'inpaint'],
    ['lcm', () => sd1('lcm'), 'sd1', 'base'],
    ['sd21', () => sd2('sd21'), 'sd2', 'base'],
    ['sd21', () => sd2('sd21', 23), 'sd2', 'base'],
    ['x4-upscaler', () => sd2('x4-upscaler'), 'sd2', 'upscaler'],
    ['sdxl', sdxl, 'sdxl', 'base'],
    ['sdxl-refiner', refiner, 'sdxl-refiner', 'base'],
  ] as const)('%s', (name, make, family, variant) => {
    const checkpoint = make().read();
    expect(checkpoint).toMatchObject({ family, variant });
    // Heads, depths, groups, numbers, attention of each level: the network is the published one, op by op.
    const given = unet2dCondition(checkpoint.unet?.config);
    const wanted = unet2dCondition(configOf(name));
    expect(given).toEqual(wanted);
    const entries = checkpoint.unet?.entries ?? new Map();
    expect(networkOf('unet', checkpoint.unet?.config, entries, { name: 'U-Net' })).toEqual(wanted);
    expect(networkOf('decoder', checkpoint.vae?.config, checkpoint.vae?.entries ?? new Map())).toEqual(
      klDecoder(configOf('vae')),
    );
    expect(klEncoder(checkpoint.vae?.config)).toEqual(klEncoder(configOf('vae')));
    for (const part of checkpoint.text) networkOf('text', part.config, part.entries);
  });

  it('text encoders: layers, heads, activation, which layer is the context', () => {
    const [first, second] = sdxl().read().text;
    expect(first?.config).toMatchObject({
      num_hidden_layers: 12,
      num_attention_heads: 12,
      hidden_act: 'quick_gelu',
    });
    expect(second?.config).toMatchObject({
      num_hidden_layers: 32,
      num_attention_heads: 20,
      hidden_act: 'gelu',
      projection_dim: 1280,
    });
    expect([first?.context, second?.context]).toEqual(['penultimate', 'penultimate']);
    expect([first?.pad, second?.pad]).toEqual(['end', 'zero']);
    for (const layers of [23, 24])
      expect(sd2('sd21', layers).read().text[0]?.config).toMatchObject({ num_hidden_layers: 23 });
  });
});

describe('what no weight tells', () => {
  const prediction = (checkpoint: ReturnType<Header['read']>) => [
    checkpoint.scheduler['prediction_type'],
    checkpoint.facts.find(({ name }) => name === 'prediction')?.from,
  ];
  it('prediction: metadata, an empty tensor, the file name, the family', () => {
    expect(prediction(sd1('sd15').read())).toEqual(['epsilon', 'table']);
    expect(prediction(sd2('sd21').read())).toEqual(['v_prediction', 'guess']);
    expect(prediction(sd2('sd21').read('v2-1_512-ema.safetensors'))).toEqual(['epsilon', 'guess']);
    expect(prediction(sd2('sd21').read('sd_turbo.safetensors'))).toEqual(['epsilon', 'guess']);
    expect(prediction(sdxl().read('a.safetensors', { 'modelspec.prediction_type': 'v' }))).toEqual([
      'v_prediction',
      'file',
    ]);
  });
  it('distillation: guidance as an input, or a name', () => {
    expect(sd1('lcm').read().distilled).toBe('lcm');
    expect(sdxl().read('sd_xl_turbo_1.0_fp16.safetensors')).toMatchObject({
      distilled: 'turbo',
      scheduler: { timestep_spacing: 'trailing' },
    });
  });
  it('an autoencoder alone has the scale of its name, as a guess', () => {
    const facts = (file: string) =>
      new Header()
        .vae()
        .read(file)
        .facts.find(({ name }) => name === 'scale');
    expect(facts('vae-ft-mse.safetensors')).toMatchObject({ value: 0.18215, from: 'guess' });
    expect(facts('sdxl_vae.safetensors')).toMatchObject({ value: 0.13025, from: 'guess' });
  });
});

describe('refused with the family in the words', () => {
  const read = (...names: string[]) =>
    readCheckpoint(
      {
        metadata: {},
        tensors: new Map(
          names.map((name, i) => [name, { type: 'F16', shape: [2, 2], offset: 8 * i, bytes: 8 }]),
        ),
      },
      'a.safetensors',
    );
  it.each([
    ['double_blocks.0.img_attn.qkv.weight', /Flux/u],
    ['model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight', /Stable Diffusion 3/u],
    ['control_model.input_hint_block.0.weight', /ControlNet/u],
    ['lora_unet_mid_block_attentions_0_proj_in.lora_up.weight', /LoRA/u],
    ['something.else.weight', /no family/u],
  ])('%s', (name, words) => {
    expect(() => read(name)).toThrow(words);
    expect(() => read(name)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
  it('a U-Net that takes a depth map', () => {
    const depth = { ...configOf('sd21'), in_channels: 5 };
    const header = new Header().unet('sd21', depth).openClip('open-clip-h', 'cond_stage_model.model.', false);
    expect(() => header.read()).toThrow(/5 input channels/u);
  });
});
