/** Bounds on what is parsed at all, checked without recursion before anything recursive sees the input. */
import { LoomError } from '../types/error';

/** Levels of nesting and values at most. 10,000 nodes have about 200,000 values. */
export const maxDepth = 64;
export const maxValues = 4_000_000;

/**
 * Refuses what is nested too deep (cycles too), too large, or no JSON, and the
 * key `__proto__`, which parsers drop silently.
 * @throws LoomError `invalid-document`
 */
export function measure(root: unknown): void {
  const stack: { readonly value: object; readonly depth: number }[] = [];
  let values = 0;
  const visit = (value: unknown, depth: number): void => {
    if (++values > maxValues) throw tooMuch(`more than ${maxValues} values`);
    if (typeof value !== 'object' || value === null) return;
    if (depth > maxDepth) throw tooMuch(`nesting deeper than ${maxDepth} levels`);
    stack.push({ value, depth });
  };
  try {
    visit(root, 0);
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { value, depth } = top;
      if (Array.isArray(value)) for (const item of value) visit(item, depth + 1);
      else
        for (const key of Object.keys(value)) {
          if (key === '__proto__')
            throw new LoomError('invalid-document', 'A graph may not use “__proto__” as a name.', {
              path: key,
            });
          visit(Reflect.get(value, key), depth + 1);
        }
    }
  } catch (thrown) {
    if (thrown instanceof LoomError) throw thrown;
    // A getter or proxy of the caller's threw.
    throw new LoomError('invalid-document', 'This value cannot be read.', {}, { cause: thrown });
  }
}

const tooMuch = (what: string): LoomError =>
  new LoomError('invalid-document', `This is no graph that can be opened: ${what}.`);
