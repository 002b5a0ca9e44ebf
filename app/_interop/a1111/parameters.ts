/**
 * The `parameters` text that A1111's web interface (and Forge, and others after it) writes into pictures:
 * prompt, `Negative prompt: …`, then one line of `Key: value` pairs (`modules/infotext_utils.py`).
 */
import { LoomError } from '@/engine';

/** Characters of one text at most. */
const longest = 200_000;

export interface Parameters {
  readonly prompt: string;
  readonly negative: string;
  /** The pairs of the last line, keys in lower case. */
  readonly values: Readonly<Record<string, string>>;
}

/** A quoted value may hold commas; it is JSON text then. */
const pair = /\s*(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)/g;

/** Whether a text looks like one: it names steps and a sampler or a seed. */
export const isParameters = (text: string): boolean =>
  text.length <= longest && /(^|\n)\s*Steps: \d+,/.test(text) && /(Sampler|Seed): /.test(text);

/**
 * @throws LoomError `invalid-document` for what is no such text, `too-large`
 */
export function readParameters(text: string): Parameters {
  if (text.length > longest)
    throw new LoomError(
      'too-large',
      'This parameters text is too long to be read.',
      {},
      {
        details: { size: text.length, limit: longest },
      },
    );
  if (!isParameters(text))
    throw new LoomError('invalid-document', 'This is no parameters text of A1111: it names no steps.');
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const last = lines.findLastIndex((line) => /^\s*Steps: \d+,/.test(line));
  const negativeAt = lines.findIndex(
    (line, at) => at < last && line.trimStart().startsWith('Negative prompt:'),
  );
  const end = negativeAt < 0 ? last : negativeAt;
  const values: Record<string, string> = {};
  for (const [, key = '', raw = ''] of lines.slice(last).join(' ').matchAll(pair)) {
    const name = key.trim().toLowerCase();
    if (name === '' || Object.hasOwn(values, name) || name === '__proto__') continue;
    values[name] = unquoted(raw.trim());
  }
  return {
    prompt: lines.slice(0, end).join('\n').trim(),
    negative:
      negativeAt < 0
        ? ''
        : lines
            .slice(negativeAt, last)
            .join('\n')
            .trimStart()
            .replace(/^Negative prompt:\s*/, '')
            .trim(),
    values,
  };
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}
