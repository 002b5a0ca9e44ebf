/**
 * Where single-file checkpoints keep what diffusers names otherwise: CompVis' layout (Stable Diffusion 1 and 2,
 * generative-models' for XL). Tables, from diffusers' name of a module to the file's.
 */

/** A weight in the file: its name and, where several lie in one tensor, which of equal parts of its rows. */
export interface FilePlace {
  readonly name: string;
  readonly part?: { readonly index: number; readonly of: number };
}

/** [pattern of diffusers' module, what the file calls it]. The first that matches wins. */
type Table = readonly (readonly [RegExp, (...parts: string[]) => string])[];

function moduleIn(table: Table, module: string): string | undefined {
  for (const [pattern, name] of table) {
    const found = pattern.exec(module);
    if (found !== null) return name(...found.slice(1));
  }
  return undefined;
}
const parted = (weight: string): readonly [module: string, tail: string] => {
  const dot = weight.lastIndexOf('.');
  return [weight.slice(0, dot), weight.slice(dot + 1)];
};
const same = (name: string) => () => name;

const RESIDUAL: Readonly<Record<string, string>> = {
  norm1: 'in_layers.0',
  conv1: 'in_layers.2',
  time_emb_proj: 'emb_layers.1',
  norm2: 'out_layers.0',
  conv2: 'out_layers.3',
  conv_shortcut: 'skip_connection',
};

/** What the numbers of a U-Net's blocks depend on. */
export interface UNetShape {
  /** Residual blocks of each level on the way down. */
  readonly layers: number;
  /** Whether each level, from the bottom up, attends on the way up: its upsampler then comes third. */
  readonly upAttention: readonly boolean[];
}

/** Prefix `model.diffusion_model.` left out. */
export function unetPlace(weight: string, { layers, upAttention }: UNetShape): FilePlace | undefined {
  const [module, tail] = parted(weight);
  const perDown = layers + 1;
  const residual = (name: string) => RESIDUAL[name] ?? name;
  const down = (level: string, j: number) => Number(level) * perDown + j + 1;
  const up = (level: string, j: number) => Number(level) * perDown + j;
  const table: Table = [
    [/^time_embedding\.linear_1$/u, same('time_embed.0')],
    [/^time_embedding\.linear_2$/u, same('time_embed.2')],
    [/^time_embedding\.cond_proj$/u, same('time_embed.cond_proj')],
    [/^add_embedding\.linear_1$/u, same('label_emb.0.0')],
    [/^add_embedding\.linear_2$/u, same('label_emb.0.2')],
    [/^class_embedding$/u, same('label_emb')],
    [/^conv_in$/u, same('input_blocks.0.0')],
    [/^conv_norm_out$/u, same('out.0')],
    [/^conv_out$/u, same('out.2')],
    [
      /^down_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$/u,
      (i = '', j = '', rest = '') => `input_blocks.${down(i, Number(j))}.0.${residual(rest)}`,
    ],
    [
      /^down_blocks\.(\d+)\.attentions\.(\d+)\.(.+)$/u,
      (i = '', j = '', rest = '') => `input_blocks.${down(i, Number(j))}.1.${rest}`,
    ],
    [/^down_blocks\.(\d+)\.downsamplers\.0\.conv$/u, (i = '') => `input_blocks.${down(i, layers)}.0.op`],
    [
      /^up_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$/u,
      (i = '', j = '', rest = '') => `output_blocks.${up(i, Number(j))}.0.${residual(rest)}`,
    ],
    [
      /^up_blocks\.(\d+)\.attentions\.(\d+)\.(.+)$/u,
      (i = '', j = '', rest = '') => `output_blocks.${up(i, Number(j))}.1.${rest}`,
    ],
    [
      /^up_blocks\.(\d+)\.upsamplers\.0\.conv$/u,
      (i = '') => `output_blocks.${up(i, layers)}.${upAttention[Number(i)] === true ? 2 : 1}.conv`,
    ],
    [
      /^mid_block\.resnets\.([01])\.(.+)$/u,
      (i = '', rest = '') => `middle_block.${2 * Number(i)}.${residual(rest)}`,
    ],
    [/^mid_block\.attentions\.0\.(.+)$/u, (rest = '') => `middle_block.1.${rest}`],
  ];
  const name = moduleIn(table, module);
  return name === undefined ? undefined : { name: `${name}.${tail}` };
}

const VAE_ATTENTION: Readonly<Record<string, string>> = {
  group_norm: 'norm',
  to_q: 'q',
  to_k: 'k',
  to_v: 'v',
  'to_out.0': 'proj_out',
};

/** Prefix `first_stage_model.` left out. The decoder's levels count from the picture, diffusers' from the latent. */
export function vaePlace(weight: string, levels: number): FilePlace | undefined {
  const [module, tail] = parted(weight);
  const block = (rest: string) => (rest === 'conv_shortcut' ? 'nin_shortcut' : rest);
  const up = (i: string) => levels - 1 - Number(i);
  const table: Table = [
    [/^(quant_conv|post_quant_conv|(?:en|de)coder\.conv_(?:in|out))$/u, (name = '') => name],
    [/^((?:en|de)coder)\.conv_norm_out$/u, (side = '') => `${side}.norm_out`],
    [
      /^encoder\.down_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$/u,
      (i = '', j = '', rest = '') => `encoder.down.${i}.block.${j}.${block(rest)}`,
    ],
    [
      /^encoder\.down_blocks\.(\d+)\.downsamplers\.0\.conv$/u,
      (i = '') => `encoder.down.${i}.downsample.conv`,
    ],
    [
      /^decoder\.up_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$/u,
      (i = '', j = '', rest = '') => `decoder.up.${up(i)}.block.${j}.${block(rest)}`,
    ],
    [/^decoder\.up_blocks\.(\d+)\.upsamplers\.0\.conv$/u, (i = '') => `decoder.up.${up(i)}.upsample.conv`],
    [
      /^((?:en|de)coder)\.mid_block\.resnets\.([01])\.(.+)$/u,
      (side = '', i = '', rest = '') => `${side}.mid.block_${Number(i) + 1}.${block(rest)}`,
    ],
    [
      /^((?:en|de)coder)\.mid_block\.attentions\.0\.(.+)$/u,
      (side = '', rest = '') => `${side}.mid.attn_1.${VAE_ATTENTION[rest] ?? rest}`,
    ],
  ];
  const name = moduleIn(table, module);
  return name === undefined ? undefined : { name: `${name}.${tail}` };
}

/** transformers' names to OpenCLIP's: queries, keys and values are rows of one tensor, and some parameters have no module. */
export function openClipPlace(weight: string): FilePlace | undefined {
  if (weight === 'text_projection.weight') return { name: 'text_projection' };
  const [module, tail] = parted(weight.replace(/^text_model\./u, ''));
  if (module === 'embeddings.token_embedding') return { name: `token_embedding.${tail}` };
  if (module === 'embeddings.position_embedding') return { name: 'positional_embedding' };
  if (module === 'final_layer_norm') return { name: `ln_final.${tail}` };
  const found = /^encoder\.layers\.(\d+)\.(.+)$/u.exec(module);
  if (found === null) return undefined;
  const [, layer = '', rest = ''] = found;
  const at = `transformer.resblocks.${layer}`;
  const packed = ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'].indexOf(rest);
  if (packed >= 0) return { name: `${at}.attn.in_proj_${tail}`, part: { index: packed, of: 3 } };
  const other = OPEN_CLIP_LAYER[rest];
  return other === undefined ? undefined : { name: `${at}.${other}.${tail}` };
}
const OPEN_CLIP_LAYER: Readonly<Record<string, string>> = {
  'self_attn.out_proj': 'attn.out_proj',
  layer_norm1: 'ln_1',
  layer_norm2: 'ln_2',
  'mlp.fc1': 'mlp.c_fc',
  'mlp.fc2': 'mlp.c_proj',
};
