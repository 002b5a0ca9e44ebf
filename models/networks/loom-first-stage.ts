/** Encoder and decoder of our packages (`models/training/loom/modules/first_stage.py`) as descriptions. */
import type { NetworkDescription, ValueId } from '@/engine/types';
import { Ops, type Entries } from './loom-ops';

/** `sample` [B, 3, H, W] → `latent_parameters` [B, C, H/f, W/f]. Throws `package-invalid` where a tensor is missing. */
export function loomEncoder(name: string, entries: Entries): NetworkDescription {
  const net = new Ops(name, entries);
  const count = net.count('layers');
  let [x, factor]: [ValueId, number] = ['sample', 1];
  for (let i = 0; i < count; i += 1) {
    if (net.has(`layers.${i}.conv1.weight`)) {
      x = net.residual(`layers.${i}`, x);
      continue;
    }
    // Strided convolutions: 4×4 into the network, 3×3 between its levels; a border of 1 in both.
    x = net.conv(`layers.${i}`, x, 2, 1);
    factor *= 2;
  }
  const out = net.conv('conv_out', net.activation(net.groupNorm('norm_out', x), 'silu'));
  return net.description(
    [{ name: 'sample', dtype: 'float32', dims: ['batch', 3, 'height', 'width'], multipleOf: factor }],
    'latent_parameters',
    out,
  );
}

/** `latent_sample` [B, C, h, w] → `sample` [B, 3, f·h, f·w]. Throws `package-invalid` where a tensor is missing. */
export function loomDecoder(name: string, entries: Entries): NetworkDescription {
  const net = new Ops(name, entries);
  const count = net.count('layers');
  let x = net.conv('layers.0', 'latent_sample');
  for (let i = 1; i < count; i += 1)
    x = net.has(`layers.${i}.conv1.weight`) ? net.residual(`layers.${i}`, x) : net.upsample(`layers.${i}`, x);
  const packed = net.conv('conv_out', net.activation(net.groupNorm('norm_out', x), 'silu'));
  const out = net.add({ op: 'pixel-shuffle', x: packed, factor: 2 });
  const channels = net.ref('layers.0.weight').shape[1] ?? 0;
  return net.description(
    [{ name: 'latent_sample', dtype: 'float32', dims: ['batch', channels, 'height', 'width'] }],
    'sample',
    out,
  );
}
