/**
 * Identity of large files without reading them: SHA-256 over their sizes and contents, of a file beyond
 * 1 MiB over evenly spaced pieces. Weights that were trained differ everywhere, so that pieces tell them apart;
 * it is no proof against someone who forges a file, and nothing is trusted for it.
 */
import { sha256Hex } from '../sha256';
import type { FolderFile, ModelFolder } from '../folder';

const wholeLimit = 1 << 20;
const pieces = 16;
const pieceBytes = 4096;

/** Hex SHA-256. The order of the files counts, their names do not. */
export async function fingerprint(
  folder: ModelFolder,
  files: readonly FolderFile[],
  signal: AbortSignal,
): Promise<string> {
  const parts: string[] = [];
  for (const { path, size } of files) {
    const ranges =
      size <= wholeLimit
        ? [[0, size] as const]
        : Array.from({ length: pieces }, (_, i) => {
            const at = Math.floor(((size - pieceBytes) * i) / (pieces - 1));
            return [at, at + pieceBytes] as const;
          });
    const hashes: string[] = [];
    for (const [start, end] of ranges)
      hashes.push(await sha256Hex(await folder.read(path, start, end, signal)));
    parts.push(`${size}:${hashes.join('')}`);
  }
  return sha256Hex(new TextEncoder().encode(parts.join('\n')));
}
