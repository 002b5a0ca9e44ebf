/** Documents from text that somebody else may have written. */
import { LoomError, parseDocument, type DocumentNotice, type LoomDocument } from '@/engine';

/**
 * parseDocument, and no two things with one name: JSON.parse keeps the last and
 * forgets the others, which would lose a node without a word.
 * @throws LoomError `invalid-document`
 */
export function parseText(text: string): { document: LoomDocument; notices: readonly DocumentNotice[] } {
  const parsed = parseDocument(text);
  const twice = duplicateKey(text);
  if (twice !== undefined)
    throw new LoomError(
      'invalid-document',
      `Two things in this graph have the name “${twice}”.`,
      { path: twice },
      {
        fix: 'Give one of them another name.',
        details: { got: twice },
      },
    );
  return parsed;
}

/**
 * The first key that an object of the text has twice, as a path; undefined when there is none.
 * @param text well-formed JSON
 */
export function duplicateKey(text: string): string | undefined {
  /** One per open bracket: the keys of an object, or null for a list. */
  const open: (Set<string> | null)[] = [];
  const path: string[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const start = at;
      for (at += 1; text[at] !== '"' && at < text.length; at++) if (text[at] === '\\') at += 1;
      const keys = open.at(-1);
      if (!isKey || !keys) continue;
      const raw = text.slice(start, at + 1);
      const key = raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
      path[open.length - 1] = key;
      if (keys.has(key)) return path.slice(0, open.length).join('.');
      keys.add(key);
      isKey = false;
    } else if (char === '{') {
      open.push(new Set());
      isKey = true;
    } else if (char === '[') {
      open.push(null);
      path[open.length - 1] = '[]';
      isKey = false;
    } else if (char === '}' || char === ']') open.pop();
    else if (char === ',') isKey = open.at(-1) instanceof Set;
  }
  return undefined;
}
