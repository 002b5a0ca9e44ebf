/** Byte-level tokens (GPT-2's alphabet, which spells each byte as a visible character) back to text. */

/** Character → byte, the inverse of GPT-2's `bytes_to_unicode`. */
const BYTES = new Map<string, number>();
let spare = 256;
for (let byte = 0; byte < 256; byte += 1) {
  const visible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  BYTES.set(String.fromCodePoint(visible ? byte : spare), byte);
  if (!visible) spare += 1;
}

/** The text that these tokens spell; part of a character is shown as �. */
export function byteLevelText(tokens: readonly string[]): string {
  const bytes = Array.from(tokens.join(''), (character) => BYTES.get(character) ?? 0x3f);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
