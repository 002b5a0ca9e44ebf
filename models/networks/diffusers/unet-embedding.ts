/** The time embedding of a UNet2DConditionModel with all that is added to it. */
import { LoomError } from '@/engine/types';
import type { NetworkBuilder, Value } from '../builder';
import { embedLabels, embedWaves, numberWaves, timestepWaves, type Waves } from './time-embedding';
import type { UNet2DConditionConfig } from './unet-2d-condition-config';

/** SDXL's time_ids: original size, crop, target size (the refiner: size, crop, aesthetic score). */
export function unetEmbedding(b: NetworkBuilder, c: UNet2DConditionConfig, timestep: Value): Value {
  const [first = 0] = c.block_out_channels;
  const out = c.time_embedding_dim ?? 4 * first;
  const waves: Waves = { order: c.flip_sin_to_cos ? 'cos-sin' : 'sin-cos', shift: c.freq_shift };
  const condition = c.time_cond_proj_dim;
  let vector = embedWaves(b, 'time_embedding', timestepWaves(b, 'time_proj', timestep, first, waves), out, {
    act: c.act_fn,
    condition:
      condition === undefined || condition === null
        ? undefined
        : b.input('timestep_cond', ['batch', condition]),
  });
  const labels = classEmbedding(b, c, waves, out);
  if (labels !== undefined) vector = b.sum('class_embedded', vector, labels);
  if (c.addition_embed_type === 'text_time') {
    const each = required(c, 'addition_time_embed_dim');
    const total = required(c, 'projection_class_embeddings_input_dim');
    const numbers = timeIds(total, each);
    const pooled = b.input('text_embeds', ['batch', total - numbers * each]);
    const ids = b.input('time_ids', ['batch', numbers]);
    const joined = b.concat('add_joined', pooled, numberWaves(b, 'add_time_proj', ids, each, waves));
    vector = b.sum('add_embedded', vector, embedWaves(b, 'add_embedding', joined, out));
  }
  return vector;
}

function classEmbedding(
  b: NetworkBuilder,
  c: UNet2DConditionConfig,
  waves: Waves,
  out: number,
): Value | undefined {
  const [first = 0] = c.block_out_channels;
  const name = 'class_embedding';
  switch (c.class_embed_type) {
    case undefined:
    case null:
      if (c.num_class_embeds === undefined || c.num_class_embeds === null) return undefined;
      return embedLabels(
        b,
        name,
        b.input('class_labels', ['batch'], { dtype: 'int32' }),
        c.num_class_embeds,
        out,
      );
    case 'timestep': {
      const level = b.input('class_labels', ['batch']);
      return embedWaves(b, name, timestepWaves(b, 'class_proj', level, first, waves), out, { act: c.act_fn });
    }
    case 'projection':
    case 'simple_projection': {
      const given = b.input('class_labels', ['batch', required(c, 'projection_class_embeddings_input_dim')]);
      return c.class_embed_type === 'projection'
        ? embedWaves(b, name, given, out)
        : b.linear(name, given, out);
    }
  }
}

/**
 * How many numbers `time_ids` holds. The config says only the sum of the pooled vector's width and theirs: 6 numbers
 * (SDXL) or 5 (its refiner), whichever leaves a pooled width that is a multiple of 16 (1280 in all published models).
 */
function timeIds(total: number, each: number): number {
  const found = [6, 5].find((numbers) => total > numbers * each && (total - numbers * each) % 16 === 0);
  if (found !== undefined) return found;
  throw new LoomError(
    'package-invalid',
    `The config's projection of ${total} holds no 5 or 6 numbers of ${each} beside a pooled vector.`,
  );
}

function required(
  c: UNet2DConditionConfig,
  field: 'addition_time_embed_dim' | 'projection_class_embeddings_input_dim',
): number {
  const value = c[field];
  if (value !== undefined && value !== null) return value;
  throw new LoomError('package-invalid', `The config lacks "${field}".`);
}
