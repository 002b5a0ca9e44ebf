/** The starter's word list as a `tokenizer.json`. */

const replace = (from: string, to: string) => ({ type: 'Replace', pattern: { String: from }, content: to });

/**
 * Lower case, a comma is a word of its own, a colon is a space, white space
 * splits: what the starter was trained with. Whole words only: WordPiece over
 * a vocabulary without continuations, because npm's tokenizers has no
 * WordLevel model. (The starter's README says that ":" is split off; its
 * training code drops it, and its vocabulary has none.)
 */
export function wordLevelTokenizer(words: readonly string[], pad: number, unknown: number): unknown {
  const special = (id: number) => ({
    id,
    content: words[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(pad), special(unknown)],
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'Lowercase' }, replace(',', ' , '), replace(':', ' ')],
    },
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: words[unknown],
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 1000,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  };
}
