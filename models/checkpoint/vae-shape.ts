/** An autoencoder's config, as diffusers would write it, from the names and shapes of a single-file checkpoint. */
import { LoomError } from '@/engine/types';
import { groupsOf, type Tensors } from './tensors';

/** `tensors` are those under `first_stage_model.`, or of a file that is an autoencoder alone. Throws `package-invalid`. */
export function vaeShape(
  tensors: Tensors,
  scale: number,
  name: string,
): Readonly<Record<string, unknown>> & { readonly levels: number } {
  const levels = tensors.count('decoder.up.');
  const widths = Array.from({ length: levels }, (_, i) =>
    tensors.size(`decoder.up.${i}.block.0.conv1.weight`, 0),
  ).filter((width) => width !== undefined);
  const latent = tensors.size('decoder.conv_in.weight', 1);
  if (levels === 0 || widths.length !== levels || latent === undefined)
    throw new LoomError('package-invalid', `${name}: its tensors are no autoencoder of Stable Diffusion.`, {
      file: name,
    });
  return {
    levels,
    _class_name: 'AutoencoderKL',
    in_channels: tensors.size('encoder.conv_in.weight', 1) ?? 3,
    out_channels: tensors.size('decoder.conv_out.weight', 0) ?? 3,
    block_out_channels: widths,
    down_block_types: widths.map(() => 'DownEncoderBlock2D'),
    up_block_types: widths.map(() => 'UpDecoderBlock2D'),
    layers_per_block: tensors.count('decoder.up.0.block.') - 1,
    latent_channels: latent,
    norm_num_groups: groupsOf(widths),
    mid_block_add_attention: tensors.has('decoder.mid.attn_1.q.weight'),
    use_quant_conv: tensors.has('quant_conv.weight'),
    use_post_quant_conv: tensors.has('post_quant_conv.weight'),
    scaling_factor: scale,
  };
}
