import { produce } from 'immer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellText,
  combinations,
  numbersIn,
  rangeValues,
  removeSweep,
  seedValues,
  setSweep,
  sweepCells,
  sweepOf,
} from '@/app/_state/sweeps';
import { documentSchema, type LoomDocument } from '@/engine';

const start: LoomDocument = documentSchema.parse({
  format: 'latent-loom',
  version: 1,
  nodes: {
    unet: { type: 'sampling/unet', params: { guidance: 4 } },
    noise: { type: 'latent/noise', params: { seed: '7' } },
    prompt: { type: 'conditioning/text', params: { text: 'a cat' } },
  },
});
const guidance = { node: 'unet', param: 'guidance' };
const seed = { node: 'noise', param: 'seed' };
const text = { node: 'prompt', param: 'text' };

describe('sweeps by hand', () => {
  it('multiply as axes of their own and go in step when told', () => {
    const two = produce(start, (draft) => {
      setSweep(draft, guidance, [1, 2, 4]);
      setSweep(draft, seed, ['1', '2']);
    });
    expect(combinations(two)).toBe(6);
    const step = produce(two, (draft) =>
      setSweep(draft, text, ['a cat', 'a dog'], sweepOf(two, 'noise', 'seed')?.sweep),
    );
    expect(combinations(step)).toBe(6);
    expect(Object.keys(step.sweeps)).toHaveLength(2);
    const apart = produce(step, (draft) => setSweep(draft, text, ['a', 'b', 'c']));
    expect(combinations(apart)).toBe(18);
    expect(sweepOf(apart, 'noise', 'seed')?.values).toEqual(['1', '2']);
  });
  it('a setting is swept once; taking it out leaves no empty sweep', () => {
    const twice = produce(start, (draft) => {
      setSweep(draft, guidance, [1, 2, 4]);
      setSweep(draft, guidance, [3, 5]);
    });
    expect(sweepOf(twice, 'unet', 'guidance')).toEqual({
      sweep: 'guidance',
      at: 0,
      values: [3, 5],
      enabled: true,
    });
    expect(produce(twice, (draft) => removeSweep(draft, guidance)).sweeps).toEqual({});
  });
  it('each cell draws alone: its values in place, nothing swept', () => {
    const swept = produce(start, (draft) => setSweep(draft, guidance, [1, 2]));
    const cells = sweepCells(swept);
    expect(cells.map(({ values }) => values.map(({ value }) => value))).toEqual([[1], [2]]);
    expect(cells.map(({ document }) => document.nodes['unet']?.params['guidance'])).toEqual([1, 2]);
    expect(cells.every(({ document }) => combinations(document) === 1)).toBe(true);
    expect(new Set(cells.map(cellText)).size).toBe(2);
    expect(sweepCells(start)).toEqual([{ document: start, values: [] }]);
  });
});

describe('values', () => {
  it('ranges hold both ends, in order, whole where whole ones are wanted', () => {
    expect(rangeValues(1, 2, 3, false)).toEqual([1, 1.5, 2]);
    expect(rangeValues(0.1, 0.3, 3, false)).toEqual([0.1, 0.2, 0.3]);
    expect(rangeValues(1, 3, 5, true)).toEqual([1, 2, 3]);
    expect(rangeValues(8, 2, 4, true)).toEqual([8, 6, 4, 2]);
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 2, max: 20 }),
        (from, to, count) => {
          const values = rangeValues(from, to, count, false);
          expect(values[0]).toBe(from);
          expect(values.at(-1)).toBe(to);
        },
      ),
    );
  });
  it('seeds count on from the first, past the end of 64 bits too, or are drawn', () => {
    expect(seedValues('7', 3, false)).toEqual(['7', '8', '9']);
    expect(seedValues('18446744073709551615', 2, false)).toEqual(['18446744073709551615', '0']);
    expect(new Set(seedValues('7', 8, true)).size).toBe(8);
  });
  it('numbers in a text, or none of them', () => {
    expect(numbersIn('1, 2.5;3\n4', false)).toEqual([1, 2.5, 3, 4]);
    expect(numbersIn('1, 2.5', true)).toBeUndefined();
    expect(numbersIn('1, two', false)).toBeUndefined();
    expect(numbersIn(' ', false)).toEqual([]);
  });
});
