/** Weights in prompts: `(a cat:1.2)`, `(a cat)`, `[a cat]`, `\(`. The syntax of AUTOMATIC1111's web UI, which most prompts are shared in. */

/** A piece of a prompt and how much it counts. */
export interface WeightedText {
  readonly text: string;
  readonly weight: number;
}

/** What a pair of plain brackets multiplies by. */
const bracketWeight = 1.1;

const tokenPattern = /\\[()[\]\\]|[([]|:\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)|[)\]]|[^\\()[\]:]+|[\s\S]/gu;

/**
 * The pieces of a prompt with their weights, neighbours of one weight joined. Brackets nest and
 * multiply; one that is not closed counts to the end, one that was not opened is text.
 *
 * @example weightedPieces('a (red:1.5) hat') // [{ text: 'a ', weight: 1 }, { text: 'red', weight: 1.5 }, { text: ' hat', weight: 1 }]
 */
export function weightedPieces(prompt: string): readonly WeightedText[] {
  const pieces: { text: string; weight: number }[] = [];
  const open: { readonly kind: '(' | '['; readonly at: number }[] = [];
  const multiply = (from: number, by: number): void => {
    for (const piece of pieces.slice(from)) piece.weight *= by;
  };
  for (const [found, given] of prompt.matchAll(tokenPattern)) {
    const top = open.at(-1);
    if (found.startsWith('\\') && found.length === 2) pieces.push({ text: found.slice(1), weight: 1 });
    else if (found === '(' || found === '[') open.push({ kind: found, at: pieces.length });
    else if (given !== undefined && top?.kind === '(') {
      open.pop();
      multiply(top.at, Number(given));
    } else if (found === ')' && top?.kind === '(') {
      open.pop();
      multiply(top.at, bracketWeight);
    } else if (found === ']' && top?.kind === '[') {
      open.pop();
      multiply(top.at, 1 / bracketWeight);
    } else pieces.push({ text: found, weight: 1 });
  }
  for (const { kind, at } of open) multiply(at, kind === '(' ? bracketWeight : 1 / bracketWeight);
  const joined: { text: string; weight: number }[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last?.weight === piece.weight) last.text += piece.text;
    else joined.push({ ...piece });
  }
  return joined;
}
