/** Headers of ONNX graphs, read without their weights. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import { readGraph } from '@/models/_build/onnx';
import { readOnnxHeader } from '@/models/onnx/graph-header';
import { LoomError } from '@/engine/types';

const tiny = new Uint8Array(readFileSync('tests/fixtures/tiny/unet.f32.onnx'));

/** A graph of one Add with a weight inside. */
function small({ location, raw = 16 }: { location?: string; raw?: number } = {}): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, 8);
  pbf.writeStringField(2, 'test');
  pbf.writeMessage(
    7,
    (_, graph) => {
      graph.writeMessage(
        1,
        (__, node) => {
          for (const input of ['x', 'w']) node.writeStringField(1, input);
          node.writeStringField(2, 'y');
          node.writeStringField(4, 'Add');
        },
        0,
      );
      graph.writeMessage(
        5,
        (__, tensor) => {
          tensor.writePackedVarint(1, [raw / 4]);
          tensor.writeVarintField(2, 1);
          tensor.writeStringField(8, 'w');
          if (location === undefined) tensor.writeBytesField(9, new Uint8Array(raw).fill(7));
          else
            for (const [key, value] of [
              ['location', location],
              ['offset', '4096'],
              ['length', '16'],
            ] as const)
              tensor.writeMessage(
                13,
                (___, entry) => {
                  entry.writeStringField(1, key);
                  entry.writeStringField(2, value);
                },
                0,
              );
        },
        0,
      );
      for (const [tag, name] of [
        [11, 'x'],
        [11, 'w'],
        [12, 'y'],
      ] as const)
        graph.writeMessage(
          tag,
          (__, port) => {
            port.writeStringField(1, name);
            port.writeMessage(
              2,
              (___, type) =>
                type.writeMessage(
                  1,
                  (____, tensor) => {
                    tensor.writeVarintField(1, 1);
                    tensor.writeMessage(
                      2,
                      (_____, shape) => {
                        shape.writeMessage(1, (______, dim) => dim.writeStringField(2, 'batch'), 0);
                        shape.writeMessage(1, (______, dim) => dim.writeVarintField(1, 4), 0);
                      },
                      0,
                    );
                  },
                  0,
                ),
              0,
            );
          },
          0,
        );
    },
    0,
  );
  pbf.writeMessage(8, (_, opset) => opset.writeVarintField(2, 18), 0);
  return pbf.finish();
}

describe('readOnnxHeader', () => {
  it('reads ports, operators and weights, without those inputs that are weights', async () => {
    const bytes = small();
    const header = await readOnnxHeader(bytes, 'a.onnx');
    expect(header.opsets).toEqual(new Map([['', 18]]));
    expect(header.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', 4] }]);
    expect(header.outputs.map((port) => port.name)).toEqual(['y']);
    expect(header.nodes).toEqual([{ op: 'Add', domain: '', name: '', inputs: ['x', 'w'], outputs: ['y'] }]);
    const place = header.initializers[0]?.place;
    if (place?.kind !== 'inside') throw new Error('not inside');
    expect([...bytes.subarray(place.offset, place.offset + place.bytes)]).toEqual(Array(16).fill(7));
  });

  it('reads where external weights lie', async () => {
    const header = await readOnnxHeader(small({ location: 'model.onnx_data' }), 'a.onnx');
    expect(header.initializers[0]).toEqual({
      name: 'w',
      type: 'float32',
      dims: [4],
      place: { kind: 'external', location: 'model.onnx_data', offset: 4096, bytes: 16 },
    });
  });

  it('does not read weights: a blob of 64 MB costs a few windows', async () => {
    const blob = new Blob([new Uint8Array(small({ raw: 64 << 20 }))]);
    let read = 0;
    const slice = blob.slice.bind(blob);
    blob.slice = (from = 0, to = 0, type) => {
      read += to - from;
      return slice(from, to, type);
    };
    const header = await readOnnxHeader(blob, 'a.onnx');
    expect(header.initializers[0]?.dims).toEqual([16 << 20]);
    expect(read).toBeLessThan(2 << 20);
  });

  it('says what the packaging reader says of a graph of ours', async () => {
    const [header, graph] = [await readOnnxHeader(tiny, 'unet'), readGraph(tiny)];
    expect(header.nodes.map(({ op, inputs, outputs }) => ({ op, inputs, outputs }))).toEqual(
      graph.nodes.map(({ op, inputs, outputs }) => ({ op, inputs, outputs })),
    );
    expect(
      header.initializers.flatMap(({ name, dims, place }) =>
        place?.kind === 'external'
          ? [{ name, dims, file: place.location, offset: place.offset, length: place.bytes }]
          : [],
      ),
    ).toEqual(
      graph.external.map(({ name, dims, file, offset, length }) => ({ name, dims, file, offset, length })),
    );
    expect(header.inputs.map(({ name, dims }) => ({ name, dims }))).toEqual(graph.inputs);
  });

  it('refuses what is cut or turned, with a typed error and nothing else', async () => {
    const whole = small({ location: 'w' });
    const check = fc.check(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const bytes = cut ? whole.slice(0, at) : whole.slice();
        if (!cut) bytes[at] = byte;
        const thrown = await readOnnxHeader(bytes, 'a.onnx').then(
          () => undefined,
          (error: unknown) => error,
        );
        return thrown instanceof LoomError || (thrown === undefined && !cut);
      }),
      { numRuns: 2000 },
    );
    expect(await check).toMatchObject({ failed: false });
  });
});
