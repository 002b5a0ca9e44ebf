/** The text encoder of our packages (`models/training/loom/modules/text_encoder.py`) as a description. */
import type { NetworkDescription } from '@/engine/types';
import { Ops, type Entries } from './loom-ops';

/**
 * `input_ids` [B, L] → `last_hidden_state` [B, L, width]; heads are `headChannels` wide.
 * Throws `package-invalid` where a tensor is missing.
 */
export function loomTextEncoder(name: string, entries: Entries, headChannels: number): NetworkDescription {
  const net = new Ops(name, entries);
  const table = net.ref('token_embedding.weight');
  const width = table.shape[1] ?? 0;
  let x = net.add({ op: 'embedding', ids: 'input_ids', table });
  x = net.add({ op: 'add-positions', x, table: net.ref('position_embedding') });
  for (let i = 0; i < net.count('layers'); i += 1) {
    const layer = `layers.${i}`;
    const normed = net.layerNorm(`${layer}.norm1`, x);
    const seen = net.selfAttention(`${layer}.qkv`, normed, width / headChannels);
    x = net.sum(x, net.linear(`${layer}.attention_out`, seen));
    const wide = net.activation(net.linear(`${layer}.expand`, net.layerNorm(`${layer}.norm2`, x)), 'gelu');
    x = net.sum(x, net.linear(`${layer}.contract`, wide));
  }
  return net.description(
    [{ name: 'input_ids', dtype: 'int32', dims: ['batch', 'sequence'] }],
    'last_hidden_state',
    net.layerNorm('norm_out', x),
  );
}
