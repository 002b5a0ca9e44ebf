import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wordLevelTokenizer } from '@/models/_build/word-level';
import { encodeMap } from '@/models/map-encoding';
import { alphasCumprod } from '@/models/schedule';
import { readPlainTokenizer, type PlainFacts } from '@/models/text/plain';
import { createTokenizer } from '@/models/text/tokens';

const readTokenizer = (file: Uint8Array, name: string, facts: PlainFacts & { readonly length: number }) =>
  createTokenizer(readPlainTokenizer(file, name, facts), facts.length, (text) => [{ text, weight: 1 }]);
const idsOf = (tokenizer: ReturnType<typeof readTokenizer>, prompt: string) =>
  tokenizer.chunks(prompt)[0]?.ids ?? [];
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('the word tokenizer', () => {
  const words = ['[PAD]', '[UNK]', ',', 'flat', 'avatar', 'red', 'hair', 't-shirt', 'crêpe'];
  const tokenizer = readTokenizer(bytes(wordLevelTokenizer(words, 0, 1)), 'x', {
    length: 6,
    pad: 0,
    unknown: 1,
  });

  // Expected ids by the rule of the starter's training code: lower case, "," apart, ":" a space, white space.
  it.each([
    ['flat avatar, red hair', [3, 4, 2, 5, 6, 0]],
    ['  FLAT,avatar:red ', [3, 2, 4, 5, 0, 0]],
    ['Crêpe t-shirt', [8, 7, 0, 0, 0, 0]],
    ['flatten redhair', [1, 1, 0, 0, 0, 0]],
    ['', [0, 0, 0, 0, 0, 0]],
    ['   ', [0, 0, 0, 0, 0, 0]],
  ])('gives the ids of %j', (prompt, ids) => {
    expect(idsOf(tokenizer, prompt)).toEqual(ids);
  });

  it('shows unknown words as written, and what does not fit', () => {
    const view = tokenizer.view('flat Zebra, red hair, avatar zyx');
    expect(view.tokens.map(({ text }) => text)).toEqual(['flat', 'zebra', ',', 'red', 'hair', ',']);
    expect(view.tokens.map(({ known }) => known)).toEqual([true, false, true, true, true, true]);
    expect(view.tokens.some(({ special }) => special)).toBe(false);
    expect(view).toMatchObject({ limit: 6, overflow: 'avatar zyx' });
    expect(tokenizer.view('flat').overflow).toBe('');
    expect(idsOf(tokenizer, 'flat Zebra, red hair, avatar zyx')).toEqual([3, 1, 2, 5, 6, 2]);
  });
});

describe('a byte-level tokenizer', () => {
  // Written by Hugging Face's tokenizers for our own package; ids checked with its Python side (tests/fixtures/tokenizer-ids.json).
  const file = readFileSync(new URL('../../models/loom-kl-f8/tokenizer.json', import.meta.url));
  const tokenizer = readTokenizer(file, 'x', { length: 32, pad: 0 });
  const pairs: [string, number[]][] = JSON.parse(
    readFileSync(new URL('../fixtures/tokenizer-ids.json', import.meta.url), 'utf8'),
  );

  it.each(pairs)('gives the ids of Python’s tokenizers for %j', (prompt, ids) => {
    const got = idsOf(tokenizer, prompt);
    expect(got.slice(0, Math.min(32, ids.length))).toEqual(ids.slice(0, 32));
    expect(got.slice(ids.length).every((id) => id === 0)).toBe(true);
    expect(got).toHaveLength(32);
  });

  it('shows words without marks, and what does not fit as text', () => {
    expect(tokenizer.view('red hair').tokens.map(({ text }) => text)).toEqual(['red', 'hair']);
    const long = `${'red '.repeat(32)}안녕 hair`;
    expect(tokenizer.view(long).overflow).toBe('안녕 hair');
  });

  it('gives the null prompt padding alone', () => {
    expect(idsOf(tokenizer, '')).toEqual(Array.from({ length: 32 }, () => 0));
    expect(tokenizer.view('').tokens).toEqual([]);
  });
});

const hot = (map: number[], from: [number, number], to: [number, number], batch = 1, channels = 4) => {
  const encoded = encodeMap(
    Uint8Array.from(map),
    { batch: 1, height: from[0], width: from[1] },
    { batch, height: to[0], width: to[1] },
    channels,
  );
  const cells = to[0] * to[1];
  return Array.from({ length: batch }, (_, b) =>
    Array.from({ length: cells }, (__, i) =>
      Array.from({ length: channels }, (___, c) => encoded[(b * channels + c) * cells + i]).indexOf(1),
    ),
  );
};

describe('semantic maps', () => {
  it('are one-hot, unchanged at equal size, repeated over a batch', () => {
    expect(hot([0, 1, 2, 3], [2, 2], [2, 2], 2)).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  it('take the label that covers most of a cell, of equals the one at its centre', () => {
    expect(hot([1, 1, 2, 1, 2, 2, 2, 2, 2], [3, 3], [1, 1])).toEqual([[2]]);
    expect(hot([1, 3, 1, 3], [2, 2], [1, 1])).toEqual([[3]]);
    expect(hot([1, 1, 1, 2, 2, 2], [2, 3], [1, 2])).toEqual([[2, 2]]);
    expect(hot([1, 2], [1, 2], [2, 4])).toEqual([[1, 1, 2, 2, 1, 1, 2, 2]]);
  });

  it('of nothing but label 0 are the null map', () => {
    expect(
      encodeMap(new Uint8Array(4), { batch: 1, height: 2, width: 2 }, { batch: 1, height: 1, width: 1 }, 3),
    ).toEqual(new Float32Array(3));
  });

  it('with a foreign label are refused', () => {
    expect(() => hot([4], [1, 1], [1, 1])).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});

describe('β schedules', () => {
  it('are linear in √β as in CompVis (its "linear", diffusers’ "scaled_linear")', () => {
    const alphas = alphasCumprod({ kind: 'scaled-linear', start: 0.0015, end: 0.0195, steps: 1000 });
    // numpy: np.cumprod(1 - np.linspace(.0015**.5, .0195**.5, 1000)**2)
    const want: readonly (readonly [number, number])[] = [
      [0, 0.9985],
      [499, 0.1158444908103479],
      [999, 0.00014230397519201791],
    ];
    for (const [t, value] of want) expect(Math.abs((alphas[t] ?? NaN) / value - 1)).toBeLessThan(1e-12);
  });

  it('or linear in β', () => {
    const alphas = alphasCumprod({ kind: 'linear', start: 0.1, end: 0.2, steps: 2 });
    expect(alphas[1]).toBeCloseTo(0.9 * 0.8, 12);
  });

  it('or cosine, never below zero', () => {
    const alphas = alphasCumprod({ kind: 'cosine', start: 1, end: 1, steps: 50 });
    expect(alphas.every((a, t) => a > 0 && a < (alphas[t - 1] ?? 1.0000001))).toBe(true);
  });
});
