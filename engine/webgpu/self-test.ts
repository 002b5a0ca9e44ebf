/** A small network on known data, computed once when a device is opened: a driver that gets it wrong is not trusted. */
import type { NetworkDescription, NetworkOp, WeightEntry, WeightRef, WeightStore } from '../types';
import type { Kernels } from './device';
import { USAGE } from './device';
import { byRule, makePlan } from './plan';
import { SELF_TEST_RESULT } from './self-test-result';
import { Weights } from './weights';

const MAP_READ = 1;
/** Largest error against float64, of results about 1 in size. */
const WITHIN = 2e-5;

/** Numbers in −1…1 that any machine makes alike: multiples of 1/32. */
const pattern = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => (((i * 7919 + seed * 104729) % 65) - 32) / 32);

class Patterned implements WeightStore {
  readonly entries = new Map<string, WeightEntry>();
  readonly files = [];
  readonly #bytes = new Map<string, Uint8Array>();

  /** An 8-bit matrix with a scale for each row, or a float32 vector about `mean`. */
  ref(shape: readonly number[], mean?: number): WeightRef {
    const name = `w${this.entries.size}`;
    const count = shape.reduce((a, b) => a * b, 1);
    const values = pattern(count, this.entries.size);
    const eight = mean === undefined;
    const bytes = eight
      ? new Uint8Array(Int8Array.from(values, (v) => v * 96).buffer)
      : new Uint8Array(values.map((v) => v / 4 + mean).buffer);
    const scales = Float32Array.from({ length: shape[0] ?? 1 }, (_, i) => 2 ** (-9 - (i % 3)));
    this.#bytes.set(name, bytes);
    this.entries.set(name, {
      name,
      shape,
      dtype: eight ? 'int8-channels' : 'float32',
      file: 0,
      offset: 0,
      bytes: bytes.byteLength,
      ...(eight && { channels: { axis: 0, scales } }),
    });
    return { name, shape };
  }

  read(name: string): Promise<Uint8Array> {
    return Promise.resolve(this.#bytes.get(name) ?? new Uint8Array());
  }
}

/** One of everything that matters: group norm, convolutions, joined maps, layer norm, attention, GEGLU. */
export function selfTest(): {
  readonly network: NetworkDescription;
  readonly weights: WeightStore;
  readonly inputs: Readonly<
    Record<'x' | 't', { readonly dims: readonly number[]; readonly data: Float32Array }>
  >;
} {
  const w = new Patterned();
  const c = 16;
  const conv = (x: string, from: number, size: number) =>
    ({
      op: 'conv2d',
      x,
      weight: w.ref([c, from, size, size]),
      bias: w.ref([c], 0),
      stride: 1,
      padding: [size >> 1, size >> 1, size >> 1, size >> 1],
    }) as const;
  const linear = (x: string, to: number, from: number) =>
    ({ op: 'linear', x, weight: w.ref([to, from]), bias: w.ref([to], 0) }) as const;
  const layer = (x: string) =>
    ({ op: 'layer-norm', x, weight: w.ref([c], 1), bias: w.ref([c], 0), eps: 1e-5 }) as const;
  const group = (x: string, channels: number) =>
    ({
      op: 'group-norm',
      x,
      weight: w.ref([channels], 1),
      bias: w.ref([channels], 0),
      groups: 4,
      eps: 1e-5,
    }) as const;
  const ops: NetworkOp[] = [
    { out: 'a', ...conv('x', 6, 3) },
    { out: 'b', ...group('a', c) },
    { out: 'c', op: 'activation', x: 'b', kind: 'silu' },
    { out: 'd', ...conv('c', c, 3) },
    { out: 'e', op: 'add-vector', x: 'd', vector: 't' },
    { out: 'f', op: 'concat', xs: ['e', 'a'] },
    { out: 'g', ...group('f', 2 * c) },
    { out: 'h', ...conv('g', 2 * c, 3) },
    { out: 'i', ...conv('f', 2 * c, 1) },
    { out: 'j', op: 'add', a: 'h', b: 'i' },
    { out: 'k', op: 'to-tokens', x: 'j' },
    { out: 'l', ...layer('k') },
    { out: 'm', ...linear('l', 3 * c, c) },
    ...[0, 1, 2].map((i) => ({ out: `m${i}`, op: 'slice' as const, x: 'm', start: i * c, count: c })),
    { out: 'n', op: 'attention', q: 'm0', k: 'm1', v: 'm2', heads: 2, causal: false },
    { out: 'o', op: 'add', a: 'k', b: 'n' },
    { out: 'p', ...layer('o') },
    { out: 'q', ...linear('p', 4 * c, c) },
    { out: 'r', op: 'geglu', x: 'q' },
    { out: 's', ...linear('r', 4, 2 * c) },
  ];
  return {
    network: {
      name: 'self-test',
      inputs: [
        { name: 'x', dtype: 'float32', dims: ['batch', 6, 'height', 'width'] },
        { name: 't', dtype: 'float32', dims: ['batch', c] },
      ],
      outputs: [{ name: 'y', value: 's' }],
      ops,
    },
    weights: w,
    inputs: {
      x: { dims: [2, 6, 5, 3], data: pattern(2 * 6 * 15, 1) },
      t: { dims: [2, c], data: pattern(2 * c, 2) },
    },
  };
}

/** Whether this device computes what it should. Never rejects. */
export async function passesSelfTest(kernels: Kernels): Promise<boolean> {
  const { network, weights: store, inputs } = selfTest();
  const weights = new Weights(kernels, store, network.name);
  const { device } = kernels;
  try {
    const sizes = { x: inputs.x.dims, t: inputs.t.dims };
    const plan = await makePlan(kernels, network, sizes, weights, byRule);
    const out = plan.outputs.get('y')?.slot.fixed;
    const size = 4 * SELF_TEST_RESULT.length;
    const staging = device.createBuffer({ size, usage: USAGE.MAP_READ | USAGE.COPY_DST });
    try {
      for (const name of ['x', 't'] as const) {
        const target = plan.inputs.get(name)?.fixed;
        if (target !== undefined)
          device.queue.writeBuffer(target, 0, new Uint8Array(inputs[name].data.buffer.slice(0)));
      }
      const encoder = device.createCommandEncoder();
      plan.encode(encoder);
      if (out !== undefined) encoder.copyBufferToBuffer(out, 0, staging, 0, size);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(MAP_READ);
      const got = new Float32Array(staging.getMappedRange().slice(0));
      return SELF_TEST_RESULT.every((want, i) => Math.abs((got[i] ?? NaN) - want) <= WITHIN);
    } finally {
      staging.destroy();
      plan.dispose();
    }
  } catch {
    return false;
  } finally {
    weights.dispose();
  }
}
