/** BERT's WordPiece (`BertTokenizerFast`): the text model of the paper's own text-to-image (§4.3.1) reads such tokens. */
import { Tokenizer } from '@huggingface/tokenizers';
import { LoomError } from '@/engine/types';
import type { SpecialTokens } from './clip';
import type { Splitter } from './tokens';

/** Most entries of a vocabulary. */
const maxEntries = 1_000_000;

/** Reads `vocab.txt`, one token a line. Throws `package-invalid`. */
export function readWordPiece(
  vocabText: string,
  name: string,
  marks: SpecialTokens & { readonly unknown: string },
  lowerCase: boolean,
): Splitter {
  const lines = vocabText.split('\n').map((line) => line.trimEnd());
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > maxEntries) throw invalid(name, `it has more than ${maxEntries} entries`);
  const vocab = Object.fromEntries(lines.map((token, id) => [token, id]));
  const tokenizer = new Tokenizer(
    {
      added_tokens: [],
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: lowerCase,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      decoder: null,
      model: {
        type: 'WordPiece',
        unk_token: marks.unknown,
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab,
      },
    },
    {},
  );
  const idOf = (token: string): number => {
    const id = vocab[token];
    if (id === undefined) throw invalid(name, `its vocabulary has no "${token}"`);
    return id;
  };
  const unknown = idOf(marks.unknown);
  return {
    bos: idOf(marks.bos),
    eos: idOf(marks.eos),
    pad: idOf(marks.pad),
    split(text) {
      const { ids, tokens } = tokenizer.encode(text);
      return ids.map((id, i) => {
        const raw = tokens[i] ?? '';
        return { id, raw, text: raw.replace(/^##/u, ''), known: id !== unknown, special: false };
      });
    },
    text: (tokens) =>
      tokens
        .map(({ raw }) => (raw.startsWith('##') ? raw.slice(2) : ` ${raw}`))
        .join('')
        .trim(),
  };
}

const invalid = (name: string, why: string): LoomError =>
  new LoomError('package-invalid', `The tokenizer ${name} cannot be used: ${why}.`, { file: name });
