/** Headers of safetensors: what real files say is read, and what a damaged or lying one says is refused, nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoomError } from '@/engine/types';
import { readSafetensorsHeader } from '@/models/weights/safetensors-header';

/** A file with this header and `data` bytes behind it. `length`: what the first eight bytes say instead of the truth. */
function file(header: unknown, { data = 0, length }: { data?: number; length?: bigint } = {}): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.byteLength + data);
  new DataView(out.buffer).setBigUint64(0, length ?? BigInt(text.byteLength), true);
  out.set(text, 8);
  return out;
}
const read = (bytes: Uint8Array | Blob) => readSafetensorsHeader(bytes, 'a.safetensors');
const entry = (dtype: string, shape: number[], ...data_offsets: number[]) => ({ dtype, shape, data_offsets });
const outcome = (bytes: Uint8Array) =>
  read(bytes).then(
    () => 'read' as const,
    (thrown: unknown) => (thrown instanceof LoomError ? thrown.code : thrown),
  );

describe('readSafetensorsHeader', () => {
  it('reads places from the beginning of the file, types that mix, metadata', async () => {
    const bytes = file(
      {
        __metadata__: { format: 'pt' },
        a: entry('BF16', [2, 3], 0, 12),
        position_ids: entry('I64', [1, 2], 12, 28),
        scale: entry('F32', [], 28, 32),
        nothing: entry('F16', [0, 4], 32, 32),
      },
      { data: 32 },
    );
    const { metadata, tensors } = await read(bytes);
    const start = bytes.byteLength - 32;
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.get('a')).toEqual({ type: 'BF16', shape: [2, 3], offset: start, bytes: 12 });
    expect(tensors.get('scale')).toEqual({ type: 'F32', shape: [], offset: start + 28, bytes: 4 });
    expect([...tensors.keys()]).toEqual(['a', 'position_ids', 'scale', 'nothing']);
  });

  it('reads no weights', async () => {
    const blob = new Blob([
      new Uint8Array(file({ a: entry('F32', [1 << 22], 0, 1 << 24) }, { data: 1 << 24 })),
    ]);
    let most = 0;
    const slice = blob.slice.bind(blob);
    blob.slice = (from, to, type) => {
      most = Math.max(most, to ?? 0);
      return slice(from, to, type);
    };
    expect((await read(blob)).tensors.get('a')?.bytes).toBe(1 << 24);
    expect(most).toBeLessThan(1 << 20);
  });

  it.each([
    ['a file that ends within its header', file({ a: 1 }).subarray(0, 12), 'file-truncated'],
    [
      'a file that ends within a tensor',
      file({ a: entry('F32', [4], 0, 16) }, { data: 15 }),
      'file-truncated',
    ],
    ['a length beyond any header', file({}, { length: 1n << 62n, data: 8 }), 'package-invalid'],
    ['no JSON', file('{"a":'), 'package-invalid'],
    ['a list', file([]), 'package-invalid'],
    ['a pickle', Uint8Array.from({ length: 64 }, (_, i) => 0x80 + i), 'package-invalid'],
    ['an unknown type', file({ a: entry('C64', [1], 0, 8) }, { data: 8 }), 'package-invalid'],
    ['a shape that lies', file({ a: entry('F32', [5], 0, 16) }, { data: 16 }), 'package-invalid'],
    [
      'a shape that overflows',
      file({ a: entry('F32', [2 ** 40, 2 ** 40], 0, 16) }, { data: 16 }),
      'package-invalid',
    ],
    ['a negative size', file({ a: entry('F32', [-4], 0, 16) }, { data: 16 }), 'package-invalid'],
    ['an end before its start', file({ a: entry('F32', [4], 16, 0) }, { data: 16 }), 'package-invalid'],
    [
      'tensors over each other',
      file({ a: entry('F32', [4], 0, 16), b: entry('F32', [4], 8, 24) }, { data: 24 }),
      'package-invalid',
    ],
    ['metadata that are no text', file({ __metadata__: { a: 1 } }), 'package-invalid'],
  ] as const)('%s', async (_, bytes, code) => {
    expect(await outcome(bytes)).toBe(code);
  });

  /** LOOM_RUNS=100000 for the whole of it. */
  it('generated headers: read or refused with a typed error', async () => {
    const number = fc.oneof(fc.nat(64), fc.integer(), fc.double(), fc.constant(2 ** 53), fc.constant(null));
    const some = fc.record({
      dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'BF16', 'I64', 'BOOL', 'f32'), fc.string()),
      shape: fc.oneof(fc.array(fc.nat(8), { maxLength: 4 }), fc.array(number)),
      data_offsets: fc.oneof(fc.tuple(fc.nat(64), fc.nat(64)), fc.array(number)),
    });
    const header = fc.oneof(
      fc.dictionary(
        fc.string(),
        fc.oneof({ weight: 4, arbitrary: some }, { weight: 1, arbitrary: fc.jsonValue() }),
      ),
      fc.jsonValue(),
      fc.string(),
    );
    const codes = new Set<unknown>();
    const check = await fc.check(
      fc.asyncProperty(
        header,
        fc.nat(80),
        fc.option(fc.bigInt(0n, (1n << 64n) - 1n), { nil: undefined, freq: 9 }),
        async (given, data, length) => {
          const code = await outcome(file(given, { data, ...(length !== undefined && { length }) }));
          codes.add(code);
          return typeof code === 'string';
        },
      ),
      { numRuns: Number(process.env['LOOM_RUNS'] ?? 3000) },
    );
    expect(check).toMatchObject({ failed: false });
    expect([...codes].map(String).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'file-truncated',
      'package-invalid',
      'read',
    ]);
  });
});
