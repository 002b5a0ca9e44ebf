/** A prompt as tokens: what every kind of tokenizer gives, and how it is laid into the sequences an encoder takes. */
import type { PromptOptions, Token, TokenView } from '@/engine/types';

/** A token with its weight and its spelling in the vocabulary. */
export interface WeightedToken extends Token {
  readonly raw: string;
  readonly weight: number;
}

/** One sequence of exactly the encoder's length. */
export interface Chunk {
  readonly ids: readonly number[];
  /** 1 at marks and padding. */
  readonly weights: readonly number[];
}

/** A vocabulary and its splitting of text. Positions and padding are not its concern. */
export interface Splitter {
  /** Tokens of a piece of text, no marks around them. */
  split(text: string): readonly Omit<WeightedToken, 'weight'>[];
  /** Tokens as text again. */
  text(tokens: readonly { readonly raw: string; readonly text: string }[]): string;
  readonly bos?: number;
  readonly eos?: number;
  readonly pad: number;
}

export interface PromptTokenizer {
  /** How the prompt was cut. The empty prompt has no tokens. */
  view(prompt: string, options?: PromptOptions): TokenView;
  /** The sequences to encode, at least one; with `tooLong: 'cut'` exactly one. */
  chunks(prompt: string, options?: PromptOptions): readonly Chunk[];
}

/** How far back from a chunk's end a comma is looked for, in tokens (AUTOMATIC1111's `comma_padding_backtrack`). */
const commaReach = 20;

/** Lays the tokens of weighted pieces of text into chunks of `length`. */
export function createTokenizer(
  splitter: Splitter,
  length: number,
  pieces: (prompt: string, options: PromptOptions) => readonly { text: string; weight: number }[],
): PromptTokenizer {
  const { bos, eos, pad } = splitter;
  const room = length - (bos === undefined ? 0 : 1) - (eos === undefined ? 0 : 1);
  const tokensOf = (prompt: string, options: PromptOptions): WeightedToken[] =>
    pieces(prompt, options).flatMap(({ text, weight }) =>
      // The null prompt is marks and padding alone, also where the tokenizer would give a space.
      text.trim() === '' ? [] : splitter.split(text).map((token) => ({ ...token, weight })),
    );
  const chunk = (tokens: readonly WeightedToken[]): Chunk => {
    const marked = [
      ...(bos === undefined ? [] : [[bos, 1] as const]),
      ...tokens.map(({ id, weight }) => [id, weight] as const),
      ...(eos === undefined ? [] : [[eos, 1] as const]),
    ];
    const filled = [...marked, ...Array.from({ length: length - marked.length }, () => [pad, 1] as const)];
    return { ids: filled.map(([id]) => id), weights: filled.map(([, weight]) => weight) };
  };
  return {
    view(prompt, options = {}) {
      const all = tokensOf(prompt, options);
      const split = options.tooLong === 'chunk' ? parts(all, room) : [all.slice(0, room)];
      const kept = split.flat();
      const over = all.slice(kept.length);
      return {
        tokens: kept.map(({ id, text, known, special, weight }) => ({
          id,
          text,
          known,
          special,
          ...(weight === 1 ? {} : { weight }),
        })),
        limit: room * Math.max(1, split.length),
        overflow: splitter.text(over),
      };
    },
    chunks(prompt, options = {}) {
      const all = tokensOf(prompt, options);
      const split = options.tooLong === 'chunk' ? parts(all, room) : [all.slice(0, room)];
      return (split.length === 0 ? [[]] : split).map(chunk);
    },
  };
}

/** Parts of at most `room` tokens; where one is full, it ends after a comma of its last 20 tokens. */
function parts(tokens: readonly WeightedToken[], room: number): readonly (readonly WeightedToken[])[] {
  const found: WeightedToken[][] = [];
  let from = 0;
  while (from < tokens.length) {
    let to = Math.min(tokens.length, from + room);
    if (to < tokens.length) {
      const reach = tokens.slice(Math.max(from + 1, to - commaReach), to);
      const comma = reach.findLastIndex(({ text }) => text === ',');
      if (comma !== -1) to = to - reach.length + comma + 1;
    }
    found.push(tokens.slice(from, to));
    from = to;
  }
  return found;
}
