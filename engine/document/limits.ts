/** Bounds on what is parsed at all, checked without recursion before anything recursive sees the input. */
import { LoomError } from '../types/error';
import { reservedNames } from './names';

/** Levels of nesting and values at most. 10,000 nodes have about 200,000 values. */
export const maxDepth = 64;
export const maxValues = 4_000_000;

/** Letters of one text at most; pictures and other files are data URLs, which are longer. */
export const maxTextLength = 50_000;

/**
 * Refuses what is nested too deep (cycles too), too large, or no JSON, texts
 * beyond {@link maxTextLength} that are no data URL, and the reserved names:
 * parsers drop `__proto__` silently, and patches carry none of them.
 * @throws LoomError `invalid-document`, `too-large`
 */
export function measure(root: unknown): void {
  const stack: Place[] = [];
  let values = 0;
  const visit = (value: unknown, key: string, inside: Place | undefined): void => {
    if (++values > maxValues) throw tooMuch(`more than ${maxValues} values`);
    if (typeof value === 'string' && value.length > maxTextLength && !value.startsWith('data:'))
      throw tooLong(value.length, pathOf(key, inside));
    if (typeof value !== 'object' || value === null) {
      if (!isJson(value)) throw notJson(pathOf(key, inside));
      return;
    }
    if (!Array.isArray(value) && !isPlain(value)) throw notJson(pathOf(key, inside));
    const depth = inside === undefined ? 0 : inside.depth + 1;
    if (depth > maxDepth) throw tooMuch(`nesting deeper than ${maxDepth} levels`);
    stack.push({ value, depth, key, inside });
  };
  try {
    visit(root, '', undefined);
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { value } = top;
      if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, String(index), top);
      else
        for (const key of Object.keys(value)) {
          if (reservedNames.has(key))
            throw new LoomError('invalid-document', `A graph may not use “${key}” as a name.`, {
              path: pathOf(key, top),
            });
          visit(Reflect.get(value, key), key, top);
        }
    }
  } catch (thrown) {
    if (thrown instanceof LoomError) throw thrown;
    // A getter or proxy of the caller's threw.
    throw new LoomError('invalid-document', 'This value cannot be read.', {}, { cause: thrown });
  }
}

/** An object on the way, with where it stands. */
interface Place {
  readonly value: object;
  readonly depth: number;
  readonly key: string;
  readonly inside: Place | undefined;
}

/** `nodes.a.params.steps`, put together only for what is refused. */
function pathOf(key: string, inside: Place | undefined): string {
  const steps = [key];
  for (let at = inside; at !== undefined; at = at.inside) steps.unshift(at.key);
  return steps.filter((step) => step !== '').join('.');
}

const tooLong = (size: number, path: string): LoomError =>
  new LoomError(
    'too-large',
    `“${path}” has ${size.toLocaleString('en')} letters; at most ${maxTextLength.toLocaleString('en')} are taken.`,
    { path },
    { details: { size, limit: maxTextLength, unit: 'letters' } },
  );

/** What JSON has, and `undefined`, which it leaves out. */
const isJson = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value));
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a worker's message) has another `Object.prototype`, whose own prototype is null.
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null);
};
const notJson = (path: string): LoomError =>
  new LoomError(
    'invalid-document',
    `This is not a Latent Loom graph: ${path === '' ? 'the file' : `“${path}”`} holds what JSON does not have.`,
    { path },
  );

const tooMuch = (what: string): LoomError =>
  new LoomError('invalid-document', `This is no graph that can be opened: ${what}.`);
