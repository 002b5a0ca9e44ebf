import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** Written by `python -m loom.tokenizer_fixture` with Python's `tokenizers`, which trained the vocabulary. */
const cases = read('tests/training/tokenizer-ids.json') as { text: string; ids: number[] }[];

describe('the tokenizer of loom-kl-f8 in npm’s library', () => {
  const tokenizer = new Tokenizer(read('models/loom-kl-f8/tokenizer.json') as object, {});

  it('has prompts to compare', () => {
    expect(cases.length).toBeGreaterThan(250);
  });

  it.each(cases)('gives $text the ids that Python gives it', ({ text, ids }) => {
    expect(tokenizer.encode(text).ids).toEqual(ids);
  });
});
