/** The U-Net of our packages (`models/training/loom/modules/unet.py`) as a description. */
import type { NetworkDescription, ValueId } from '@/engine/types';
import { Ops, type Entries } from './loom-ops';

/** Where a stage stands, e.g. `down.1.0`. Stages are numbered in the order in which PyTorch lists them. */
interface Stage {
  readonly name: string;
  /** The first of its channels in the projections of time and context. */
  readonly time: number;
  readonly context: number;
  readonly channels: number;
}

/**
 * Describes the U-Net over the weights of `entries`: inputs `sample`
 * [B, C, h, w], `timestep` [B], `encoder_hidden_states` [B, S, width]; output
 * `out_sample`. Widths, blocks and transformers are read off the weights; heads
 * are `headChannels` wide. Throws `package-invalid` where a tensor is missing.
 */
export function loomUNet(name: string, entries: Entries, headChannels: number): NetworkDescription {
  const net = new Ops(name, entries);
  const levels = net.count('down');
  const stages = stagesOf(net, levels);
  const base = net.ref('conv_in.weight').shape[0] ?? 0;
  const time = timeVectors(net, base);
  const context = net.linear('context_projection', 'encoder_hidden_states');

  const run = (place: string, x: ValueId): ValueId => {
    const stage = stages.get(place);
    if (stage === undefined) return x;
    const { time: start, channels: count } = stage;
    const embedding = net.add({ op: 'slice', x: time, start, count });
    const h = net.residual(`${place}.residual`, x, embedding);
    return net.has(`${place}.transformer.norm.weight`)
      ? transformer(net, stage, h, context, headChannels)
      : h;
  };

  let x = net.conv('conv_in', 'sample');
  const skips = [x];
  for (let i = 0; i < levels; i += 1) {
    for (let j = 0; j < net.count(`down.${i}`); j += 1) {
      x = run(`down.${i}.${j}`, x);
      skips.push(x);
    }
    if (i === levels - 1) continue;
    x = net.conv(`downsample.${i}`, x, 2);
    skips.push(x);
  }
  x = run('middle.0', x);
  x = run('middle.1', x);
  for (let i = 0; i < levels; i += 1) {
    for (let j = 0; j < net.count(`up.${i}`); j += 1) {
      const skip = skips.pop();
      x = run(`up.${i}.${j}`, skip === undefined ? x : net.add({ op: 'concat', xs: [x, skip] }));
    }
    if (i < levels - 1) x = net.upsample(`upsample.${i}`, x);
  }
  const out = net.conv('conv_out', net.activation(net.groupNorm('norm_out', x), 'silu'));
  const channels = net.ref('conv_in.weight').shape[1] ?? 0;
  const width = net.ref('context_projection.weight.T').shape[0] ?? 0;
  const asks = [...entries.keys()].some((key) => key.endsWith('.block.norm2.weight'));
  return net.description(
    [
      {
        name: 'sample',
        dtype: 'float32',
        dims: ['batch', channels, 'height', 'width'],
        multipleOf: 2 ** (levels - 1),
      },
      { name: 'timestep', dtype: 'float32', dims: ['batch'] },
      { name: 'encoder_hidden_states', dtype: 'float32', dims: ['batch', asks ? 'sequence' : 1, width] },
    ],
    'out_sample',
    out,
  );
}

/** [B, Σ channels]: the time embedding projected for all stages at once. */
function timeVectors(net: Ops, base: number): ValueId {
  const embedded = net.add({
    op: 'timestep-embedding',
    t: 'timestep',
    channels: base,
    order: 'cos-sin',
    shift: 0,
    period: 10000,
  });
  const hidden = net.activation(net.linear('time_mlp.0', embedded), 'silu');
  return net.linear('time_projection', net.activation(net.linear('time_mlp.2', hidden), 'silu'));
}

/** All stages with their places in the packed projections, down, middle, up. */
function stagesOf(net: Ops, levels: number): ReadonlyMap<string, Stage> {
  const places = (part: string) =>
    Array.from({ length: levels }, (_, i) =>
      Array.from({ length: net.count(`${part}.${i}`) }, (__, j) => `${part}.${i}.${j}`),
    ).flat();
  const names = [...places('down'), 'middle.0', 'middle.1', ...places('up')];
  const found = new Map<string, Stage>();
  let [time, context] = [0, 0];
  for (const name of names) {
    const channels = net.ref(`${name}.residual.conv1.weight`).shape[0] ?? 0;
    found.set(name, { name, time, context, channels });
    time += channels;
    if (net.has(`${name}.transformer.norm.weight`)) context += 2 * channels;
  }
  return found;
}

/** GroupNorm, projection in, one block of self-attention, cross-attention and GEGLU, projection out, added to x. */
function transformer(net: Ops, stage: Stage, x: ValueId, contexts: ValueId, headChannels: number): ValueId {
  const { channels } = stage;
  const [name, heads] = [`${stage.name}.transformer`, channels / headChannels];
  const block = `${name}.block`;
  const normed = net.add({ op: 'to-tokens', x: net.groupNorm(`${name}.norm`, x) });
  let t = net.linear(`${name}.proj_in`, normed);
  const self = net.selfAttention(`${block}.qkv`, net.layerNorm(`${block}.norm1`, t), heads);
  t = net.sum(t, net.linear(`${block}.self_out`, self));
  // A network of one context token attends to it whatever the query: the exporter left the query out.
  const q = net.has(`${block}.norm2.weight`)
    ? net.linear(`${block}.query`, net.layerNorm(`${block}.norm2`, t))
    : t;
  const part = (start: number) => net.add({ op: 'slice', x: contexts, start, count: channels });
  const [k, v] = [part(stage.context), part(stage.context + channels)];
  const cross = net.add({ op: 'attention', q, k, v, heads, causal: false });
  t = net.sum(t, net.linear(`${block}.cross_out`, cross));
  const wide = net.linear(`${block}.expand`, net.layerNorm(`${block}.norm3`, t));
  t = net.sum(t, net.linear(`${block}.contract`, net.add({ op: 'geglu', x: wide })));
  const map = net.add({ op: 'to-map', x: net.linear(`${name}.proj_out`, t), like: x });
  return net.sum(x, map);
}
