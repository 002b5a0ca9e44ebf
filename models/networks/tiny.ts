/** The U-Net and the text encoder of the test package `tiny` (`tests/fixtures/make_tiny.py`) as descriptions. */
import type { NetworkDescription } from '@/engine/types';
import { Ops, type Entries } from './loom-ops';

/** One residual convolution and one cross-attention head, 16 wide, with values as wide as the map. */
export function tinyUNet(name: string, entries: Entries): NetworkDescription {
  const net = new Ops(name, entries);
  const conv = (weight: string, x: string) => {
    const bias = net.ref(`${weight}.bias`);
    return net.add({ op: 'conv2d', x, weight: net.ref(weight), bias, stride: 1, padding: [1, 1, 1, 1] });
  };
  const linear = (weight: string, x: string) =>
    net.add({ op: 'linear', x, weight: net.ref(weight, undefined, true) });
  // Frequencies 0.002 · 1.9^k for k = 0…7.
  const t = net.add({ op: 'affine', x: 'timestep', scale: 0.002, shift: 0 });
  const period = 1.9 ** -8;
  const time = net.add({ op: 'timestep-embedding', t, channels: 16, order: 'sin-cos', shift: 0, period });
  let x = net.add({ op: 'add-vector', x: conv('in', 'sample'), vector: linear('time', time) });
  x = net.sum(x, conv('middle', net.activation(x, 'silu')));
  const q = linear('query', net.add({ op: 'to-tokens', x }));
  const [k, v] = [linear('key', 'encoder_hidden_states'), linear('value', 'encoder_hidden_states')];
  const seen = net.add({ op: 'attention', q, k, v, heads: 1, causal: false });
  x = net.sum(x, net.add({ op: 'to-map', x: seen, like: x }));
  const out = conv('out', net.activation(x, 'silu'));
  const [channels = 0, width = 0] = [net.ref('in').shape[1], net.ref('key').shape[0]];
  return net.description(
    [
      { name: 'sample', dtype: 'float32', dims: ['batch', channels, 'height', 'width'] },
      { name: 'timestep', dtype: 'float32', dims: ['batch'] },
      { name: 'encoder_hidden_states', dtype: 'float32', dims: ['batch', 'sequence', width] },
    ],
    'out_sample',
    out,
  );
}

/** Embedding, positions, one linear layer, tanh. */
export function tinyTextEncoder(name: string, entries: Entries): NetworkDescription {
  const net = new Ops(name, entries);
  const [, length = 0, width = 0] = net.ref('position').shape;
  const words = net.add({ op: 'embedding', ids: 'input_ids', table: net.ref('embedding') });
  const x = net.add({ op: 'add-positions', x: words, table: net.ref('position', [length, width]) });
  const mixed = net.add({ op: 'linear', x, weight: net.ref('mix', undefined, true) });
  return net.description(
    [{ name: 'input_ids', dtype: 'int32', dims: ['batch', length] }],
    'last_hidden_state',
    net.activation(mixed, 'tanh'),
  );
}
