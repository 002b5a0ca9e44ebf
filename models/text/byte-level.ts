/** Byte-level tokens (GPT-2's alphabet, which spells each byte as a visible character) back to text. */

/** Character → byte, the inverse of GPT-2's `bytes_to_unicode`. */
const BYTES = new Map<string, number>();
let spare = 256;
for (let byte = 0; byte < 256; byte += 1) {
  const visible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  BYTES.set(String.fromCodePoint(visible ? byte : spare), byte);
  if (!visible) spare += 1;
}

/** The 256 characters in the order of CLIP's vocabulary: the visible bytes, then those that have a character lent. */
export const byteCharacters = (): readonly string[] =>
  [...BYTES.keys()].toSorted((a, b) => Number(isLent(a)) - Number(isLent(b)) || codeOf(a) - codeOf(b));
const codeOf = (character: string): number => character.codePointAt(0) ?? 0;
const isLent = (character: string): boolean => codeOf(character) !== BYTES.get(character);

/** The text that these tokens spell; part of a character is shown as �. */
export function byteLevelText(tokens: readonly string[]): string {
  const bytes = Array.from(tokens.join(''), (character) => BYTES.get(character) ?? 0x3f);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
