/** The licence that a model's card names, as text. */
import { readText } from '../folder';
import type { Reading } from './reading';

/** Most bytes of a model card that are read. */
const cardLimit = 1 << 20;

/** `license:` of the card's front matter (Hugging Face's model cards); `unknown` where there is none. */
export async function licenceOf({ folder, files, signal }: Reading): Promise<string> {
  const card = files.get('README.md');
  if (card === undefined || card.size > cardLimit) return 'unknown';
  const text = await readText(folder, card, signal, cardLimit).catch(() => '');
  const [, front = ''] = /^---\r?\n([\s\S]*?)\r?\n---/u.exec(text) ?? [];
  const [, licence] = /^licen[sc]e:\s*["']?([\w .+-]{1,60})/mu.exec(front) ?? [];
  return licence?.trim() ?? 'unknown';
}
