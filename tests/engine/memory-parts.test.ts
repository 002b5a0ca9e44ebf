/** The memory plan's arithmetic: one call of a network, and the values on edges. */
import { describe, expect, it } from 'vitest';
import type { NetworkMemory } from '@/engine';
import { activationsOf } from '@/engine/plan/memory-network';
import { bytesOf } from '@/engine/plan/memory-values';

const linear: NetworkMemory = {
  weights: 0,
  loading: 0,
  session: 0,
  fixed: 100,
  perCell: 10,
  spread: 1,
  cells: 4,
};

describe('working memory of a call', () => {
  it('is a line over pictures and cells', () => {
    expect(activationsOf(linear, { pictures: 1, cells: 4 })).toBe(100 + 40);
    expect(activationsOf(linear, { pictures: 3, cells: 16 })).toBe(100 + 3 * 160);
  });

  it('takes pictures of an unknown size to be of the network’s own', () => {
    expect(activationsOf(linear, { pictures: 3, cells: undefined })).toBe(100 + 3 * 40);
  });

  it('follows attention, whose n² is of one picture, once that is more', () => {
    const facts = { ...linear, attention: { perCell: 2, perPair: 0.5 } };
    // 2n + n²/2 is less than 10n below 16 cells.
    expect(activationsOf(facts, { pictures: 1, cells: 8 })).toBe(100 + 80);
    expect(activationsOf(facts, { pictures: 1, cells: 32 })).toBe(100 + 64 + 512);
    expect(activationsOf(facts, { pictures: 2, cells: 32 })).toBe(100 + 2 * (64 + 512));
    // As many cells in smaller pictures: no pair reaches from one picture into another.
    expect(activationsOf(facts, { pictures: 8, cells: 8 })).toBe(100 + 8 * 80);
  });

  it('is no less than making the session took', () => {
    const facts = { ...linear, session: 500 };
    expect(activationsOf(facts, { pictures: 0, cells: 0 })).toBe(500);
    expect(activationsOf(facts, { pictures: 1, cells: 4 })).toBe(500);
    expect(activationsOf(facts, { pictures: 20, cells: 4 })).toBe(900);
  });

  it('is as near to the least as to the most that equal calls take', () => {
    const taken = activationsOf({ ...linear, spread: 1.44 }, { pictures: 1, cells: 4 });
    expect(taken / 140).toBeCloseTo(1.2, 10);
    expect((140 * 1.44) / taken).toBeCloseTo(1.2, 10);
  });
});

describe('bytes of a value', () => {
  const own = { cells: 1024, factor: 8 };
  it('are its elements over its size', () => {
    const size = { batch: 2, height: 3, width: 5 };
    const bytes = (kind: 'image' | 'mask' | 'latent' | 'codes' | 'semantic-map') =>
      bytesOf({ kind, fields: { ...size, channels: 4 } }, own);
    expect(bytes('image')).toEqual({ bytes: 4 * 3 * 2 * 15, known: true });
    expect(bytes('mask')).toEqual({ bytes: 4 * 2 * 15, known: true });
    expect(bytes('latent')).toEqual({ bytes: 4 * 4 * 2 * 15, known: true });
    expect(bytes('codes')).toEqual({ bytes: 4 * 2 * 15, known: true });
    // One byte a pixel.
    expect(bytes('semantic-map')).toEqual({ bytes: 2 * 15, known: true });
  });

  it('are those of the package’s own size where the size is not known', () => {
    expect(bytesOf({ kind: 'image', fields: { batch: 3 } }, own)).toEqual({
      bytes: 4 * 3 * 3 * 256 * 256,
      known: false,
    });
    expect(bytesOf({ kind: 'latent', fields: { channels: 4, batch: 3 } }, own)).toEqual({
      bytes: 4 * 4 * 3 * 1024,
      known: false,
    });
    expect(bytesOf({ kind: 'image', fields: { height: 16, width: 16 } }, own)).toEqual({
      bytes: 4 * 3 * 256,
      known: false,
    });
    expect(bytesOf({ kind: 'image', fields: { batch: 3 } }, undefined)).toEqual({ bytes: 0, known: false });
  });

  it('are none for networks and text', () => {
    expect(bytesOf({ kind: 'unet', fields: {} }, own)).toEqual({ bytes: 0, known: true });
  });
});
