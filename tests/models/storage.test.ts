import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '@/engine/types';
import { quantiseChannels } from '@/models/_build/quantise';
import { outputAxis, readGraph, type Graph } from '@/models/_build/onnx';
import { readSafetensors, writeSafetensors } from '@/models/safetensors';
import { channelsOf, expandWeights, scaleKey, WEIGHTS_FORMAT } from '@/models/storage';

const random = (n: number, seed = 1) => {
  let state = seed;
  return Float32Array.from({ length: n }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  });
};

/** A weights file of one 8-bit and one half-precision tensor with a gap between them. */
function packed(shape: readonly number[], axis: number) {
  const count = shape.reduce((a, b) => a * b, 1);
  const halves = toHalf(random(count));
  const { q, scales, squared, error } = quantiseChannels(halves, shape, axis);
  const small = toHalf(Float32Array.of(1, -2, 0.333));
  const offset = Math.ceil(count / 32) * 32;
  const file = writeSafetensors(
    [
      { name: scaleKey('w'), dtype: 'F32', shape: [scales.length], bytes: new Uint8Array(scales.buffer) },
      { name: 'b', dtype: 'F16', shape: [3], bytes: new Uint8Array(small.buffer) },
      { name: 'w', dtype: 'I8', shape, bytes: new Uint8Array(q.buffer) },
    ],
    {
      format: WEIGHTS_FORMAT,
      halves: String(offset + 32),
      layout: JSON.stringify([
        { name: 'w', offset: 0, axis },
        { name: 'b', offset },
      ]),
    },
  );
  return { file, halves, scales, small, offset, relative: Math.sqrt(error / squared) };
}

describe('8-bit weights', () => {
  it.each([
    [[8, 3, 3, 3], 0],
    [[5, 7], 1],
    [[4, 6, 2], 1],
  ] as const)('come back within half a step of each channel: %j along %i', (shape, axis) => {
    const { file, halves, scales, small, offset, relative } = packed(shape, axis);
    const want = fromHalf(halves);
    const { count, inner } = channelsOf(shape, axis);
    const single = new Float32Array(expandWeights(file, 'fp32', 'x').buffer);
    const half = fromHalf(new Uint16Array(expandWeights(file, 'fp16', 'x').buffer));
    expect(single).toHaveLength(offset + 32);
    expect(half).toHaveLength(offset + 32);
    for (let i = 0; i < want.length; i += 1) {
      const step = scales[Math.floor(i / inner) % count] ?? 0;
      expect(Math.abs((single[i] ?? NaN) - (want[i] ?? NaN))).toBeLessThanOrEqual(step * 0.5001);
      // fp16 rounds the product once more.
      expect(Math.abs((half[i] ?? NaN) - (single[i] ?? NaN))).toBeLessThanOrEqual(
        Math.abs(single[i] ?? 0) * 2 ** -11,
      );
    }
    for (const expanded of [single, half])
      expect(expanded.slice(offset, offset + 3)).toEqual(fromHalf(small));
    expect(relative).toBeLessThan(0.01);
    expect(relative).toBeGreaterThan(0);
  });

  it('keep a channel of zeros', () => {
    const { q, scales } = quantiseChannels(new Uint16Array(8), [2, 4], 0);
    expect([...q, ...scales]).toEqual(Array.from({ length: 10 }, () => 0));
  });

  it('are refused when their file is not what it says', () => {
    const { file } = packed([2, 2], 0);
    const broken = writeSafetensors([], {
      format: WEIGHTS_FORMAT,
      halves: '8',
      layout: '[{"name":"w","offset":0}]',
    });
    for (const [bytes, why] of [
      [broken, /"w" is missing/u],
      [writeSafetensors([], {}), /format/u],
      [writeSafetensors([], { format: WEIGHTS_FORMAT, halves: '8', layout: '{' }), /layout/u],
      [file.subarray(0, 40), /cut off/u],
      [file.subarray(0, file.length - 2), /outside the file/u],
      [new Uint8Array(3), /too short/u],
    ] as const)
      expect(() => expandWeights(bytes, 'fp32', 'x')).toThrow(
        expect.objectContaining({ code: 'package-invalid', message: expect.stringMatching(why) }),
      );
  });
});

describe('safetensors', () => {
  it('round-trips tensors and metadata, aligned', () => {
    const file = writeSafetensors(
      [{ name: 'a', dtype: 'F32', shape: [2], bytes: new Uint8Array(Float32Array.of(1, 2).buffer) }],
      { note: 'é' },
    );
    const { tensors, metadata } = readSafetensors(file, 'x');
    expect(metadata).toEqual({ note: 'é' });
    expect(tensors.get('a')).toMatchObject({ dtype: 'F32', shape: [2] });
    expect(((tensors.get('a')?.bytes.byteOffset ?? 1) - file.byteOffset) % 8).toBe(0);
  });
});

const of = (op: string, dims: number[], position: number, transB = 0) => {
  const inputs = ['x', 'x', 'x'];
  inputs[position] = 'w';
  const attributes = new Map([['transB', { int: transB, ints: [] }]]);
  const made: Graph = { external: [], inputs: [], nodes: [{ op, inputs, outputs: ['y'], attributes }] };
  return outputAxis(made, { name: 'w', dims, dataType: 10, file: '', offset: 0, length: 0 });
};

describe('reading a graph', () => {
  const graph = readGraph(readFileSync(new URL('../fixtures/tiny/unet.onnx', import.meta.url)));

  const axis = (name: string) => {
    const weight = graph.external.find((tensor) => tensor.name === name);
    return weight === undefined ? 'absent' : outputAxis(graph, weight);
  };

  it('finds nodes, inputs and external weights', () => {
    expect(graph.inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ['sample', ['batch', 14, 'height', 'width']],
      ['timestep', ['batch']],
      ['encoder_hidden_states', ['batch', 'sequence', 64]],
    ]);
    expect(graph.nodes.filter(({ op }) => op === 'Conv')).toHaveLength(3);
    const middle = graph.external.find(({ name }) => name === 'middle');
    expect(middle).toMatchObject({ dims: [32, 32, 3, 3], dataType: 10, length: 2 * 32 * 32 * 9 });
    expect(graph.external.every(({ offset }) => offset % 64 === 0)).toBe(true);
  });

  it('knows the output channels of each kind of weight', () => {
    expect([axis('middle'), axis('key'), axis('in.bias')]).toEqual([0, 1, undefined]);
    expect(of('Gemm', [4, 8], 1, 1)).toBe(0);
    expect(of('Gemm', [4, 8], 1, 0)).toBe(1);
    expect(of('ConvTranspose', [4, 8, 2, 2], 1)).toBe(1);
    expect(of('Gather', [100, 8], 0)).toBe(0);
    expect(of('MatMul', [4, 8], 1)).toBe(1);
    expect(of('Add', [4, 8], 1)).toBeUndefined();
  });
});
