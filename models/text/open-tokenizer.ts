/** A text encoder's tokenizer, made from the files of its package. */
import type { LoadOptions, TextEncoderDescription, TokenizerDescription } from '@/engine/types';
import type { Loading } from '../loading';
import { readClipFiles, readClipJson, readClipMerges } from './clip';
import { readPlainTokenizer } from './plain';
import { createTokenizer, type PromptTokenizer, type Splitter } from './tokens';
import { weightedPieces } from './weights';
import { readWordPiece } from './wordpiece';

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());

/** Loads the tokenizer of one encoder. Throws `package-invalid`, and as files do. */
export async function openTokenizer(
  loading: Loading,
  { tokenizer, length }: TextEncoderDescription,
  options: LoadOptions,
): Promise<PromptTokenizer> {
  return createTokenizer(await openSplitter(loading, tokenizer, options), length, (prompt, { weights }) =>
    weights === undefined || weights === 'off' ? [{ text: prompt, weight: 1 }] : weightedPieces(prompt),
  );
}

async function openSplitter(
  { description, files }: Loading,
  tokenizer: TokenizerDescription,
  options: LoadOptions,
): Promise<Splitter> {
  const named = (file: string): string => `${description.id}/${file}`;
  switch (tokenizer.kind) {
    case 'plain': {
      const [file = new Uint8Array()] = await files.load([tokenizer.file], options);
      return readPlainTokenizer(file, named(tokenizer.file), tokenizer);
    }
    case 'clip': {
      const { json, vocab, merges } = tokenizer;
      if (vocab !== undefined && merges !== undefined) {
        const [words, pairs] = await files.load([vocab, merges], options);
        return readClipFiles(text(words), text(pairs), named(vocab), tokenizer);
      }
      if (json === undefined)
        return readClipMerges(text(await files.builtIn('clip/merges.txt', options.signal)), tokenizer);
      const [file] = await files.load([json], options);
      return readClipJson(text(file), named(json), tokenizer);
    }
    case 'wordpiece': {
      const [file] = await files.load([tokenizer.vocab], options);
      return readWordPiece(text(file), named(tokenizer.vocab), tokenizer, tokenizer.lowerCase);
    }
  }
}
