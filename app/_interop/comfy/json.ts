/**
 * JSON as Python and ComfyUI write it. Two things differ from what `JSON.parse` takes: bare `NaN` and
 * `Infinity` (Python's `json.dumps`), and seeds up to 2⁶⁴ − 1, which a JavaScript number would round.
 */
import { z } from 'zod';
import { LoomError } from '@/engine';

/** A JSON value. */
export type Json = z.infer<ReturnType<typeof z.json>>;
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** Characters of one graph at most: metadata of a picture is far below. */
export const maxCharacters = 32 * 1024 * 1024;
/** Levels of nesting and values at most, counted before anything recursive sees the input. */
const maxDepth = 64;
const maxValues = 2_000_000;

/** A whole number beyond 2⁵³ is kept as this object until it is written again, so that no digit is lost. */
const bigSchema = z.strictObject({ $integer: z.string().regex(/^-?\d{1,40}$/) });

/** The digits of a whole number, however large; undefined for anything else. */
export function integerDigits(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value === 'string') return /^-?\d{1,40}$/.test(value) ? value : undefined;
  const big = bigSchema.safeParse(value);
  return big.success ? big.data.$integer : undefined;
}

/** A whole number as JSON: a plain number where that is exact, else with all its digits. */
export function integerJson(digits: string): Json {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : { $integer: digits };
}

/**
 * Parses JSON, bare `NaN`, `Infinity` (both become null) and whole numbers of any size.
 * @throws LoomError `too-large` or `invalid-document`; never another error
 */
export function parseLooseJson(text: string): Json {
  if (text.length > maxCharacters) throw tooLarge(`more than ${maxCharacters >> 20} million characters`);
  checkDepth(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(strictText(text));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LoomError('invalid-document', `This is not JSON: ${why}.`, {}, { cause });
  }
  refuseProto(parsed);
  return z.json().parse(parsed);
}

/** Parsers drop the key `__proto__` silently, or worse. */
function refuseProto(root: unknown): void {
  const stack: unknown[] = [root];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value) && Object.hasOwn(value, '__proto__'))
      throw new LoomError('invalid-document', 'A graph may not use “__proto__” as a name.', {
        path: '__proto__',
      });
    for (const inner of Object.values(value)) stack.push(inner);
  }
}

/** JSON text of a value; whole numbers kept with all their digits are written as numbers again. */
export function writeLooseJson(value: Json, indent?: number): string {
  // A quotation mark inside a string is escaped, so this text stands for such an object only.
  return JSON.stringify(value, null, indent).replace(/\{\s*"\$integer":\s*"(-?\d{1,40})"\s*\}/g, '$1');
}

const tooLarge = (what: string): LoomError =>
  new LoomError('too-large', `This is no graph that can be opened: ${what}.`);

/** Bounds, in one pass without recursion. */
function checkDepth(text: string): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
    } else if (char === '{' || char === '[') {
      if (++depth > maxDepth) throw tooLarge(`nesting deeper than ${maxDepth} levels`);
      values += 1;
    } else if (char === '}' || char === ']') depth -= 1;
    else if (char === ',') values += 1;
    if (values > maxValues) throw tooLarge(`more than ${maxValues} values`);
  }
}

/** The same text with what JSON does not know replaced; strings are left alone. */
function strictText(text: string): string {
  const parts: string[] = [];
  let from = 0;
  let at = 0;
  const replace = (end: number, by: string): void => {
    parts.push(text.slice(from, at), by);
    from = at = end;
  };
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
      at += 1;
    } else if (char === 'N' && text.startsWith('NaN', at)) replace(at + 3, 'null');
    else if (char === 'I' && text.startsWith('Infinity', at)) replace(at + 8, 'null');
    else if (char === '-' && text.startsWith('-Infinity', at)) replace(at + 9, 'null');
    else if (char === '-' || (char >= '0' && char <= '9')) {
      let end = at + 1;
      while (end < text.length && /[\d.eE+-]/.test(text[end] ?? '')) end += 1;
      const number = text.slice(at, end);
      const value = Number(number);
      if (/^-?\d{16,40}$/.test(number) && !Number.isSafeInteger(value))
        replace(end, `{"$integer":"${number}"}`);
      // 1e999 is a number to JSON and Infinity to JavaScript.
      else if (!Number.isFinite(value) && !Number.isNaN(value)) replace(end, 'null');
      else at = end;
    } else at += 1;
  }
  if (parts.length === 0) return text;
  return parts.join('') + text.slice(from);
}
