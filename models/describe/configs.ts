/** The JSON files of a diffusers folder, as far as they are read. Unknown fields are left alone. */
import { z } from 'zod';
import { LoomError } from '@/engine/types';
import { readJson, type FolderFile, type ModelFolder } from '../folder';

const whole = z.int().positive();
/** One number for both sides, or height and width. */
const side = z.union([whole, z.tuple([whole, whole])]);
const channels = z.array(whole).min(1).max(16);

/** The class that a config names. */
export const classNameOf = ({ _class_name: name }: { readonly _class_name?: string }): string | undefined =>
  name;

export const modelIndexSchema = z.looseObject({
  _class_name: z.string(),
  force_zeros_for_empty_prompt: z.boolean().nullish(),
});

export const schedulerSchema = z.looseObject({
  _class_name: z.string().optional(),
  num_train_timesteps: whole.max(100_000).default(1000),
  beta_start: z.number().positive().default(0.0001),
  beta_end: z.number().positive().default(0.02),
  beta_schedule: z.string().default('linear'),
  trained_betas: z.array(z.number().nonnegative()).nullish(),
  prediction_type: z.string().default('epsilon'),
  timestep_spacing: z.string().optional(),
  steps_offset: z.int().nonnegative().default(0),
  rescale_betas_zero_snr: z.boolean().nullish(),
  use_karras_sigmas: z.boolean().nullish(),
  use_exponential_sigmas: z.boolean().nullish(),
  use_beta_sigmas: z.boolean().nullish(),
  original_inference_steps: whole.nullish(),
  set_alpha_to_one: z.boolean().nullish(),
  clip_sample: z.boolean().nullish(),
  thresholding: z.boolean().nullish(),
  timestep_type: z.string().nullish(),
  algorithm_type: z.string().nullish(),
  solver_order: whole.nullish(),
});
export type SchedulerConfig = z.output<typeof schedulerSchema>;

export const unetSchema = z.looseObject({
  _class_name: z.string().optional(),
  sample_size: side.nullish(),
  in_channels: whole.default(4),
  out_channels: whole.default(4),
  block_out_channels: channels.optional(),
  cross_attention_dim: z.union([whole, z.array(whole)]).nullish(),
  time_cond_proj_dim: whole.nullish(),
  addition_embed_type: z.string().nullish(),
});
export type UNetConfig = z.output<typeof unetSchema>;

export const vaeSchema = z.looseObject({
  _class_name: z.string().optional(),
  latent_channels: whole.default(4),
  scaling_factor: z.number().positive().nullish(),
  shift_factor: z.number().nullish(),
  block_out_channels: channels.optional(),
  encoder_block_out_channels: channels.optional(),
  num_vq_embeddings: whole.nullish(),
  vq_embed_dim: whole.nullish(),
});
export type VaeConfig = z.output<typeof vaeSchema>;

export const textEncoderSchema = z.looseObject({
  model_type: z.string().optional(),
  hidden_size: whole.optional(),
  d_model: whole.optional(),
  max_position_embeddings: whole.optional(),
  num_hidden_layers: whole.optional(),
  projection_dim: whole.nullish(),
});

/** A special token: its text, or an object around it. */
const special = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish();
export const tokenizerConfigSchema = z.looseObject({
  tokenizer_class: z.string().optional(),
  model_max_length: z.number().positive().optional(),
  do_lower_case: z.boolean().optional(),
  bos_token: special,
  eos_token: special,
  pad_token: special,
  unk_token: special,
  cls_token: special,
  sep_token: special,
});

/** Reads and checks one JSON file. Throws `package-invalid` naming the first field at fault. */
export async function readConfig<T extends z.ZodType>(
  folder: ModelFolder,
  file: FolderFile,
  schema: T,
  signal: AbortSignal,
): Promise<z.output<T>> {
  const parsed = schema.safeParse(await readJson(folder, file, signal));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new LoomError(
    'package-invalid',
    `${file.path} cannot be used: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'it is malformed'}.`,
    { file: file.path },
    { cause: parsed.error, details: { file: file.path } },
  );
}
