// oxlint-disable-next-line import/no-unassigned-import -- it puts IndexedDB into the global scope
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { openDB } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import {
  openResultStore,
  overBudget,
  resultBytes,
  type ResultStore,
  type StoredResult,
} from '@/app/_persistence/result-store';

let stores: ResultStore[] = [];
let names = 0;
const open = async (name = `results-${++names}`): Promise<ResultStore> => {
  const store = await openResultStore(name);
  stores.push(store);
  return store;
};
afterEach(() => {
  for (const store of stores) store.close();
  stores = [];
});

const made = (id: string, at: number, more: Partial<StoredResult> = {}): StoredResult => ({
  id,
  run: 'run',
  tab: 'tab',
  node: 'image',
  element: 0,
  values: [],
  document: '',
  title: 'a cat',
  seed: '7',
  ms: 10,
  at,
  width: 4,
  height: 4,
  kept: false,
  png: new Blob([new Uint8Array(100)]),
  ...more,
});

describe('results in IndexedDB', () => {
  it('come back newest first, with their bytes, after the store was closed', async () => {
    const first = await open('results-again');
    await first.put(made('a', 1, { png: new Blob([new Uint8Array([1, 2, 3])]) }), 1e6);
    await first.put(made('b', 2), 1e6);
    first.close();
    const again = await (await open('results-again')).list();
    expect(again.map(({ id }) => id)).toEqual(['b', 'a']);
    expect([...new Uint8Array((await again[1]?.png.arrayBuffer()) ?? new ArrayBuffer(0))]).toEqual([1, 2, 3]);
  });

  it('make room: the oldest unkept goes, kept ones stay', async () => {
    const store = await open();
    await store.put(made('kept', 1, { kept: true }), 300);
    await store.put(made('old', 2), 300);
    await store.put(made('middle', 3), 300);
    expect(await store.put(made('new', 4), 300)).toEqual(['old']);
    expect((await store.list()).map(({ id }) => id)).toEqual(['new', 'middle', 'kept']);
    expect(await store.trim(100)).toEqual(['middle']);
  });

  it('a record of another shape is left out and stays stored', async () => {
    const store = await open('results-shape');
    await store.put(made('good', 1), 1e6);
    const raw = await openDB('results-shape', 1);
    await raw.put('results', { id: 'strange', png: 'none' });
    raw.close();
    expect((await store.list()).map(({ id }) => id)).toEqual(['good']);
    await store.put(made('more', 2), 1e6);
    expect((await store.list()).map(({ id }) => id)).toEqual(['more', 'good']);
  });
});

describe('the budget', () => {
  const results = fc
    .uniqueArray(fc.record({ at: fc.nat(1e6), size: fc.integer({ min: 0, max: 50 }), kept: fc.boolean() }), {
      selector: ({ at }) => at,
      maxLength: 30,
    })
    .map((list) =>
      list.map(({ at, size, kept }) => made(String(at), at, { kept, png: new Blob([new Uint8Array(size)]) })),
    );
  it('never takes a kept one or the newest, takes the oldest first, and no more than needed', () => {
    fc.assert(
      fc.property(results, fc.integer({ min: 0, max: 600 }), (all, budget) => {
        const gone = new Set(overBudget(all, budget));
        const left = all.filter(({ id }) => !gone.has(id));
        const newest = all.toSorted((a, b) => b.at - a.at)[0];
        const safe = all.filter((result) => result.kept || result === newest);
        expect(safe.filter(({ id }) => gone.has(id))).toEqual([]);
        const removable = left.filter((result) => !safe.includes(result));
        const ages = all.filter(({ id }) => gone.has(id)).map(({ at }) => at);
        expect(removable.every(({ at }) => at > Math.max(-1, ...ages))).toBe(true);
        expect(removable.length === 0 || resultBytes(left) <= budget).toBe(true);
        // No more than needed: with the youngest of those that went, it would be too much.
        const youngest = all.filter(({ id, at }) => gone.has(id) && at === Math.max(...ages));
        expect(youngest.length === 0 || resultBytes([...left, ...youngest]) > budget).toBe(true);
      }),
    );
  });
});
