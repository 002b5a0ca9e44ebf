/**
 * CLIP's byte-level BPE (`CLIPTokenizerFast`), from `tokenizer.json` where the package has one, else
 * from `vocab.json` and `merges.txt` as the slow tokenizer reads them. Ids of marks and padding come
 * from the vocabulary by the names that the package gives; none is assumed.
 */
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { LoomError } from '@/engine/types';
import { byteCharacters, byteLevelText } from './byte-level';
import type { Splitter } from './tokens';

/** Names of the marks, as `tokenizer_config.json` says. */
export interface SpecialTokens {
  readonly bos: string;
  readonly eos: string;
  readonly pad: string;
}

const vocabSchema = z.record(z.string(), z.int().nonnegative());
const jsonSchema = z.looseObject({
  model: z.looseObject({ vocab: vocabSchema, merges: z.array(z.unknown()) }),
});

/** Most entries of a vocabulary, and most merges. */
const maxEntries = 1_000_000;

/** CLIP's own pattern for words (`clip/simple_tokenizer.py`). */
const wordPattern = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/** Reads `vocab.json` and `merges.txt`. Throws `package-invalid`. */
export function readClipFiles(
  vocabText: string,
  mergesText: string,
  name: string,
  marks: SpecialTokens,
): Splitter {
  const vocab = parse(vocabSchema, vocabText, `${name}/vocab.json`);
  const merges = mergesText
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.startsWith('#version'));
  if (Object.keys(vocab).length > maxEntries || merges.length > maxEntries)
    throw invalid(name, `it has more than ${maxEntries} entries`);
  const special = [...new Set([marks.bos, marks.eos, marks.pad])].flatMap((content) => {
    const id = vocab[content];
    return id === undefined ? [] : [{ id, content, special: content.startsWith('<|') }];
  });
  const json = {
    added_tokens: special
      .filter((token) => token.special)
      .map((token) => ({ ...token, single_word: false, lstrip: false, rstrip: false, normalized: false })),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: wordPattern }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
      ],
    },
    post_processor: null,
    decoder: null,
    model: {
      type: 'BPE',
      unk_token: marks.eos,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab,
      merges,
    },
  };
  return splitter(json, vocab, name, marks);
}

/** CLIP's own vocabulary (Radford et al. 2103.00020), which follows from its merges: bytes, bytes at a word's end, merges, marks. */
export function readClipMerges(mergesText: string, marks: SpecialTokens): Splitter {
  const bytes = byteCharacters();
  const merges = mergesText.split('\n').filter((line) => line !== '' && !line.startsWith('#version'));
  const words = [
    ...bytes,
    ...bytes.map((byte) => `${byte}</w>`),
    ...merges.map((pair) => pair.replace(' ', '')),
    '<|startoftext|>',
    '<|endoftext|>',
  ];
  const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
  return readClipFiles(JSON.stringify(vocab), mergesText, 'clip', marks);
}

/** Reads a CLIP `tokenizer.json`; its own marks around the prompt are left out. Throws `package-invalid`. */
export function readClipJson(text: string, name: string, marks: SpecialTokens): Splitter {
  const json = parse(jsonSchema, text, name);
  return splitter({ ...json, post_processor: null }, json.model.vocab, name, marks);
}

function splitter(
  json: object,
  vocab: Readonly<Record<string, number>>,
  name: string,
  marks: SpecialTokens,
): Splitter {
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(json, {});
  } catch (cause) {
    throw invalid(name, 'it is not a tokenizer this can read', cause);
  }
  const idOf = (token: string): number => {
    const id = Object.hasOwn(vocab, token) ? vocab[token] : tokenizer.token_to_id(token);
    if (id === undefined) throw invalid(name, `its vocabulary has no "${token}"`);
    return id;
  };
  const [bos, eos, pad] = [idOf(marks.bos), idOf(marks.eos), idOf(marks.pad)];
  const readable = (tokens: readonly string[]): string =>
    byteLevelText(tokens.map((token) => token.replace(/<\/w>$/u, 'Ġ'))).trim();
  return {
    bos,
    eos,
    pad,
    split(text) {
      const { ids, tokens } = tokenizer.encode(text);
      return ids.map((id, i) => {
        const raw = tokens[i] ?? '';
        return { id, raw, text: readable([raw]), known: true, special: id === bos || id === eos };
      });
    },
    text: (tokens) => readable(tokens.map(({ raw }) => raw)),
  };
}

function parse<T extends z.ZodType>(schema: T, text: string, name: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid(name, 'it is not what a tokenizer has there', cause);
  }
}

const invalid = (name: string, why: string, cause?: unknown): LoomError =>
  new LoomError(
    'package-invalid',
    `The tokenizer ${name} cannot be used: ${why}.`,
    { file: name },
    { cause },
  );
