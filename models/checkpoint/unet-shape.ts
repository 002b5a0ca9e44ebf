/** A U-Net's config, as diffusers would write it, from the names and shapes of a single-file checkpoint. */
import { LoomError } from '@/engine/types';
import { groupsOf, type Tensors } from './tensors';

/** How a family numbers its heads, which no shape tells. */
export type Heads =
  | { readonly kind: 'count'; readonly heads: number }
  | { readonly kind: 'width'; readonly width: number };

export interface UNetFound {
  readonly config: Readonly<Record<string, unknown>>;
  readonly layers: number;
  readonly upAttention: readonly boolean[];
}

interface LevelFound {
  readonly channels: number;
  readonly layers: number;
  /** Transformer blocks of each attention; 0 where the level has none. */
  readonly depth: number;
}

/** `tensors` are those under `model.diffusion_model.`. Throws `package-invalid` where they are no such U-Net. */
export function unetShape(tensors: Tensors, headsOf: Heads, name: string): UNetFound {
  const invalid = (why: string) => new LoomError('package-invalid', `${name}: ${why}.`, { file: name });
  const levels = levelsOf(tensors);
  const [first] = levels;
  const inChannels = tensors.size('input_blocks.0.0.weight', 1);
  const outChannels = tensors.size('out.2.weight', 0);
  if (first === undefined || inChannels === undefined || outChannels === undefined)
    throw invalid('its tensors are no U-Net of Stable Diffusion');
  if (levels.some(({ layers }) => layers !== first.layers))
    throw invalid('its levels have different numbers of blocks');
  const middle = depthOf(tensors, 'middle_block.1');
  if (middle === 0) throw invalid('the middle of its U-Net has no attention');
  const upAttention = levels.map((_, i) => depthOf(tensors, `output_blocks.${i * (first.layers + 1)}.1`) > 0);
  const anywhere = ['input_blocks', 'middle_block', 'output_blocks'].flatMap((side) =>
    [...tensors.entries.keys()].filter((key) => key.startsWith(side) && key.endsWith('.0.attn2.to_k.weight')),
  );
  const [attention = ''] = anywhere;
  const contextWidth = tensors.size(attention, 1) ?? 0;
  const at = attention.replace(/\.transformer_blocks\..+$/u, '');
  const widths = levels.map(({ channels }) => channels);
  const time = tensors.size('time_embed.2.weight', 0) ?? 0;
  const classes = tensors.size('label_emb.weight', 0);
  const added = tensors.size('label_emb.0.0.weight', 1);
  const guidance = tensors.size('time_embed.cond_proj.weight', 1);
  return {
    layers: first.layers,
    upAttention,
    config: {
      _class_name: 'UNet2DConditionModel',
      in_channels: inChannels,
      out_channels: outChannels,
      block_out_channels: widths,
      layers_per_block: first.layers,
      down_block_types: levels.map(({ depth }) => (depth > 0 ? 'CrossAttnDownBlock2D' : 'DownBlock2D')),
      up_block_types: upAttention.map((attends) => (attends ? 'CrossAttnUpBlock2D' : 'UpBlock2D')),
      // The middle has the depth of the last level; where that has no attention, the entry is free for it.
      transformer_layers_per_block: levels.map(({ depth }, i) =>
        i === levels.length - 1 ? middle : Math.max(1, depth),
      ),
      attention_head_dim: widths.map((width) =>
        headsOf.kind === 'count' ? headsOf.heads : Math.max(1, Math.round(width / headsOf.width)),
      ),
      cross_attention_dim: contextWidth,
      only_cross_attention: crossOnly(tensors, levels, contextWidth),
      use_linear_projection: tensors.rank(`${at}.proj_in.weight`) === 2,
      norm_num_groups: groupsOf(widths),
      time_embedding_dim: time,
      ...(classes === undefined ? {} : { num_class_embeds: classes }),
      ...(guidance === undefined ? {} : { time_cond_proj_dim: guidance }),
      ...(added === undefined
        ? {}
        : { addition_embed_type: 'text_time', projection_class_embeddings_input_dim: added }),
    },
  };
}

/** Levels end where a block is a downsampler. */
function levelsOf(tensors: Tensors): readonly LevelFound[] {
  const levels: LevelFound[] = [];
  let open: LevelFound | undefined;
  for (let n = 1; n < tensors.count('input_blocks.'); n += 1) {
    const at = `input_blocks.${n}`;
    if (tensors.has(`${at}.0.op.weight`)) {
      if (open !== undefined) levels.push(open);
      open = undefined;
      continue;
    }
    const channels = tensors.size(`${at}.0.in_layers.2.weight`, 0);
    if (channels === undefined) return [];
    open = { channels, layers: (open?.layers ?? 0) + 1, depth: depthOf(tensors, `${at}.1`) };
  }
  return open === undefined ? levels : [...levels, open];
}

const depthOf = (tensors: Tensors, at: string): number => tensors.count(`${at}.transformer_blocks.`);

/** Upscalers: the first attention looks at the context as well, but for the last level. */
function crossOnly(
  tensors: Tensors,
  levels: readonly LevelFound[],
  contextWidth: number,
): readonly boolean[] | false {
  let n = 1;
  const found = levels.map(({ channels, layers, depth }) => {
    const first = tensors.size(`input_blocks.${n}.1.transformer_blocks.0.attn1.to_k.weight`, 1);
    n += layers + 1;
    return depth > 0 && channels !== contextWidth && first === contextWidth;
  });
  return found.includes(true) ? found : false;
}
