/** Text encoders' configs, as transformers would write them, from the names and shapes of a single-file checkpoint. */
import type { Tensors } from './tensors';

/** OpenAI's CLIP and OpenCLIP have heads of 64 channels. */
const HEAD = 64;
/** Old configs' end token: it is then the largest id of a prompt, whatever the vocabulary. */
const END_TOKEN = 2;

/** CLIP ViT-L's text encoder as transformers names it. `text_model.` may be left out. */
export function clipShape(tensors: Tensors): Readonly<Record<string, unknown>> {
  const inner = tensors.has('text_model.embeddings.token_embedding.weight') ? 'text_model.' : '';
  const width = tensors.size(`${inner}embeddings.token_embedding.weight`, 1) ?? 0;
  return {
    architectures: ['CLIPTextModel'],
    vocab_size: tensors.size(`${inner}embeddings.token_embedding.weight`, 0),
    hidden_size: width,
    intermediate_size: tensors.size(`${inner}encoder.layers.0.mlp.fc1.weight`, 0),
    num_hidden_layers: tensors.count(`${inner}encoder.layers.`),
    num_attention_heads: Math.max(1, width / HEAD),
    max_position_embeddings: tensors.size(`${inner}embeddings.position_embedding.weight`, 0),
    hidden_act: 'quick_gelu',
    eos_token_id: END_TOKEN,
  };
}

/** OpenCLIP's ViT-H (Stable Diffusion 2) and ViT-bigG (XL). `layers`: how many are used. */
export function openClipShape(
  tensors: Tensors,
  layers: number,
  projection: boolean,
): Readonly<Record<string, unknown>> {
  const width = tensors.size('token_embedding.weight', 1) ?? 0;
  return {
    architectures: [projection ? 'CLIPTextModelWithProjection' : 'CLIPTextModel'],
    vocab_size: tensors.size('token_embedding.weight', 0),
    hidden_size: width,
    intermediate_size: tensors.size('transformer.resblocks.0.mlp.c_fc.weight', 0),
    num_hidden_layers: layers,
    num_attention_heads: Math.max(1, width / HEAD),
    max_position_embeddings: tensors.size('positional_embedding', 0),
    hidden_act: 'gelu',
    eos_token_id: END_TOKEN,
    projection_dim: tensors.size('text_projection', 1) ?? width,
    // OpenCLIP multiplies by it from the right: [in, out].
    text_projection_transposed: true,
  };
}

export const openClipLayers = (tensors: Tensors): number => tensors.count('transformer.resblocks.');
