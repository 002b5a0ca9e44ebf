/** Places of weights in files that onnxruntime's 32-bit offsets cannot reach. */
import { expect, it } from 'vitest';
import { externalData } from '@/engine/onnx/external';
import type { WeightEntry, WeightStore } from '@/engine/types';

/** A file of that many bytes that remembers how it was cut; nothing lies behind it. */
class Hollow extends Blob {
  readonly cuts: (readonly [number, number])[] = [];
  constructor(private readonly all: number) {
    super();
  }
  override get size(): number {
    return this.all;
  }
  override slice(start = 0, end = this.all): Blob {
    this.cuts.push([start, end]);
    return new Hollow(end - start);
  }
}

const entry = (name: string, offset: number, bytes: number): WeightEntry => ({
  name,
  dtype: 'float16',
  shape: [bytes / 2],
  file: 0,
  offset,
  bytes,
});

function storeOver(data: Blob, entries: readonly WeightEntry[]): WeightStore {
  return {
    entries: new Map(entries.map((one) => [one.name, one])),
    files: [{ path: 'model.safetensors', data }],
    read: () => Promise.reject(new Error('nothing is read')),
  };
}

const GiB = 2 ** 30;

it('cuts a file beyond 4 GiB into windows, so that every offset fits 32 bits', async () => {
  const file = new Hollow(7 * GiB);
  // The second begins in one window and ends in the next; the third lies behind 4 GiB.
  const entries = [entry('a', 8, 100), entry('b', GiB - 50, 100), entry('c', 6 * GiB + 8, 100)];
  const { places, files } = await externalData(storeOver(file, entries), new Set(['a', 'b', 'c']), {
    slices: true,
  });
  expect(Object.fromEntries(places)).toEqual({
    a: { location: 'file-0-0', offset: 8, bytes: 100 },
    b: { location: 'file-0-0', offset: GiB - 50, bytes: 100 },
    c: { location: 'file-0-6', offset: 8, bytes: 100 },
  });
  expect(files.map(({ path }) => path)).toEqual(['file-0-0', 'file-0-6']);
  expect(file.cuts).toEqual([
    [0, GiB + 50],
    [6 * GiB, 6 * GiB + 108],
  ]);
});

it('hands on a smaller file as it is', async () => {
  const file = new Hollow(2 ** 32 - 1);
  const { places, files } = await externalData(storeOver(file, [entry('a', 3 * GiB, 100)]), new Set(['a']), {
    slices: true,
  });
  expect(places.get('a')).toEqual({ location: 'file-0', offset: 3 * GiB, bytes: 100 });
  expect(files).toEqual([{ path: 'file-0', data: file }]);
  expect(files[0]?.data).toBe(file);
  expect(file.cuts).toEqual([]);
});
