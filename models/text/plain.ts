/** Tokenizers by `tokenizer.json`, without marks around the prompt: our packages'. */
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { LoomError } from '@/engine/types';
import { byteLevelText } from './byte-level';
import type { Splitter } from './tokens';

export interface PlainFacts {
  readonly pad: number;
  /** The id of every unknown word, if there is one. */
  readonly unknown?: number;
}

const fileSchema = z.looseObject({
  model: z.looseObject({ type: z.string() }),
  pre_tokenizer: z.looseObject({ type: z.string() }).nullish(),
});

/** Reads a `tokenizer.json`. Throws `package-invalid`. */
export function readPlainTokenizer(file: Uint8Array, name: string, facts: PlainFacts): Splitter {
  const { tokenizer, byteLevel } = parse(file, name);
  // How tokens are shown: byte-level ones spell bytes, others may carry marks of where words begin or end.
  const text = (tokens: readonly string[]) =>
    byteLevel ? byteLevelText(tokens).trim() : tokens.map(readable).join(' ').trim();
  const special = new Set(
    [...tokenizer.get_added_tokens_decoder()].flatMap(([id, token]) => (token.special ? [id] : [])),
  );
  special.add(facts.pad);
  if (facts.unknown !== undefined) special.delete(facts.unknown);
  return {
    pad: facts.pad,
    split(prompt) {
      const { ids, tokens } = tokenizer.encode(prompt);
      const words = ids.includes(facts.unknown ?? -1) ? wordsOf(tokenizer, prompt, ids.length) : undefined;
      return ids.map((id, i) => ({
        id,
        raw: tokens[i] ?? '',
        text: id === facts.unknown ? (words?.[i] ?? tokens[i] ?? '') : text([tokens[i] ?? '']),
        known: id !== facts.unknown,
        special: special.has(id),
      }));
    },
    text: (tokens) =>
      byteLevel ? text(tokens.map(({ raw }) => raw)) : tokens.map((token) => token.text).join(' '),
  };
}

function parse(file: Uint8Array, name: string): { tokenizer: Tokenizer; byteLevel: boolean } {
  try {
    const json = fileSchema.parse(JSON.parse(new TextDecoder().decode(file)));
    return { tokenizer: new Tokenizer(json, {}), byteLevel: json.pre_tokenizer?.type === 'ByteLevel' };
  } catch (thrown) {
    throw new LoomError(
      'package-invalid',
      `${name} is not a tokenizer this can read.`,
      { file: name },
      { cause: thrown },
    );
  }
}

/** The words as written, where words and tokens are one to one. */
function wordsOf(
  { normalizer, pre_tokenizer }: Tokenizer,
  prompt: string,
  count: number,
): readonly string[] | undefined {
  const normal = normalizer === null ? prompt : normalizer.normalize(prompt);
  const words = pre_tokenizer === null ? [normal] : pre_tokenizer.pre_tokenize([normal]);
  return words.length === count ? words : undefined;
}

/** SentencePiece marks a word's beginning with ▁, CLIP its end with </w>. */
const readable = (token: string) => token.replace(/^▁/u, '').replace(/<\/w>$/u, '');
