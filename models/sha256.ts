/** SHA-256 in hex; the platform's where there is one (secure pages, Node). */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    const { sha256 } = await import('@noble/hashes/sha2.js');
    return hex(sha256(bytes));
  }
  const { buffer, byteOffset, byteLength } = bytes;
  const plain =
    buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : bytes.slice();
  return hex(new Uint8Array(await subtle.digest('SHA-256', plain)));
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
