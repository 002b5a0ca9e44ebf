import { describe, expect, it } from 'vitest';
import { prepareCodebook, quantise } from '@/models/codebook';

const noise = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898) * 2);

const at = (x: Float32Array, i: number) => x[i] ?? NaN;

describe('vector quantisation', () => {
  // Entries (0, 0), (1, 0), (1, 1), (−2, 3).
  const codebook = prepareCodebook(Float32Array.of(0, 0, 1, 0, 1, 1, -2, 3), 2);

  it('takes each cell to its nearest entry, channel planes kept apart', () => {
    // Two batch elements of two cells: (0.4, 0.1) (0.9, 0.8) | (−3, 4) (0.6, −5).
    const latent = Float32Array.of(0.4, 0.9, 0.1, 0.8, -3, 0.6, 4, -5);
    expect([...quantise(latent, 2, codebook)]).toEqual([0, 1, 0, 1, -2, 1, 3, 0]);
  });

  it('leaves entries as they are, takes the first of equals, and lets NaN through to be found', () => {
    const entries = Float32Array.of(1, -2, 1, 3);
    expect(quantise(entries, 1, codebook)).toEqual(entries);
    expect([...quantise(Float32Array.of(0.5, 0), 1, codebook)]).toEqual([0, 0]);
    expect([...quantise(Float32Array.of(NaN, 0), 1, codebook)]).toEqual([NaN, 0]);
  });

  it('agrees with a search over distances', () => {
    const book = noise(64 * 3);
    const latent = noise(3 * 50).map((value) => value * 0.9 + 0.05);
    const got = quantise(latent, 1, prepareCodebook(book, 3));
    for (let cell = 0; cell < 50; cell += 1) {
      const distance = (entry: number) =>
        [0, 1, 2].reduce((sum, c) => sum + (at(latent, c * 50 + cell) - at(book, entry * 3 + c)) ** 2, 0);
      const least = Math.min(...Array.from({ length: 64 }, (_, entry) => distance(entry)));
      const chosen = [0, 1, 2].reduce(
        (sum, c) => sum + (at(latent, c * 50 + cell) - at(got, c * 50 + cell)) ** 2,
        0,
      );
      expect(Math.abs(chosen - least)).toBeLessThan(1e-5);
    }
  });
});
