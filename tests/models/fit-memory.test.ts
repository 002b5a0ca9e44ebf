/** What a manifest says of a network's memory, from what single calls took. */
import { describe, expect, it } from 'vitest';
import { fitMemory, type MemorySample, type MemorySamples } from '@/models/_build/fit-memory';

const MB = 1e6;
const own = 1024;
/** A call of a network for which 1 MB and 10 kB a cell live at once; `gaps` is what its heap makes of that. */
const call = (pictures: number, gaps = 1, cells = own): MemorySample => ({
  pictures,
  cells,
  taken: gaps * (1 * MB + pictures * cells * 10_000),
});
const network = (calls: readonly MemorySample[], more: Partial<MemorySamples> = {}) =>
  fitMemory({ weights: 30 * MB, session: 0.5 * MB, calls, larger: [], ...more });

describe('memory of a network', () => {
  it('is a line over the pictures', () => {
    expect(network([call(1), call(1), call(2), call(2), call(3), call(4)])).toEqual({
      weights: 30 * MB,
      session: 0.5 * MB,
      fixed: 1 * MB,
      perCell: 10_000,
      spread: 1,
    });
  });

  it('is the line beneath calls that missed gaps of the heap, and says how far above it they lie', () => {
    const { fixed, perCell, spread } = network([
      call(1, 1.42),
      call(1, 1.14),
      call(2),
      call(2, 1.14),
      call(3, 1.28),
      call(3, 1.28),
      call(4),
      call(4),
    ]);
    expect({ fixed, perCell, spread }).toEqual({ fixed: 1 * MB, perCell: 10_000, spread: 1.42 });
  });

  it('takes no calls into account that making the session hides', () => {
    const session = 15 * MB;
    const hidden = { ...call(1), taken: session };
    const { fixed, perCell } = network([hidden, hidden, call(2), call(3), call(4)], { session });
    expect({ fixed, perCell }).toEqual({ fixed: 1 * MB, perCell: 10_000 });
  });

  it('is nothing but the session when no call takes more', () => {
    const sample = { pictures: 1, cells: 1, taken: 5 * MB };
    expect(network([sample, { ...sample, pictures: 2 }], { session: 5 * MB })).toMatchObject({
      session: 5 * MB,
      fixed: 0,
      perCell: 0,
      spread: 1,
    });
  });

  it('does not grow where calls on more take the same, as of prompts', () => {
    const prompts = [1, 2, 3].map((pictures) => ({ pictures, cells: 1, taken: 6 * MB }));
    expect(network(prompts)).toMatchObject({ fixed: 6 * MB, perCell: 0, spread: 1 });
    expect(network(prompts.slice(0, 1))).toMatchObject({ fixed: 0, perCell: 6 * MB });
  });

  it('does not take for gaps what threads need for themselves', () => {
    const small = [1, 2].map((pictures) => ({ pictures, cells: own, taken: pictures * 0.1 * MB }));
    const more = small.map((sample) => ({ ...sample, taken: sample.taken + 0.2 * MB }));
    expect(network([...small, ...more], { session: 0 }).spread).toBe(1);
  });

  it('finds attention’s share again from two larger sizes', () => {
    // In kind as loom-kl-f8's U-Net: 5144 n + 1.025 n² overtakes 8704 n between 256 and 512 pixels.
    const pairs = (cells: number) => ({
      pictures: 1,
      cells,
      taken: 1 * MB + 5000 * cells + 2 * cells ** 2,
    });
    const calls = [call(1), call(2), call(4)];
    const { attention } = network(calls, { larger: [pairs(4 * own), pairs(9 * own)] });
    expect(attention).toEqual({ perCell: 5000, perPair: 2 });
  });

  it('knows of no attention where larger pictures take no more per cell, or were not to be had', () => {
    const calls = [call(1), call(2), call(4)];
    const larger = [call(1, 1, 4 * own), call(1, 1, 9 * own)];
    expect(network(calls, { larger })).not.toHaveProperty('attention');
    expect(network(calls)).not.toHaveProperty('attention');
  });
});
