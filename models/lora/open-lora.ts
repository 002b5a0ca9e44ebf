/** LoRAs among a person's files: listed by their headers, opened when one is used. */
import { LoomError, type LoraFile } from '@/engine/types';
import { fingerprint } from '../describe/fingerprint';
import { readWhole, type FolderFile, type ModelFolder } from '../folder';
import type { FileBytes } from '../onnx/slices';
import { readSafetensorsHeader, type SafetensorsHeader } from '../weights/safetensors-header';
import { isLora } from './read-lora';
import { summaryOf, type LoraSummary } from './summary';

/** A LoRA that was found. */
export interface KnownLora {
  /** `file:<name>#<12 hex of its hash>`. */
  readonly id: string;
  /** Enters cache keys. */
  readonly hash: string;
  readonly name: string;
  readonly folder: ModelFolder;
  readonly file: FolderFile;
  readonly summary: LoraSummary;
}

/** The LoRAs among the safetensors of a folder; files that are damaged or something else are left out. */
export async function findLoras(folder: ModelFolder, signal: AbortSignal): Promise<readonly KnownLora[]> {
  const found: KnownLora[] = [];
  for (const file of await folder.list(signal)) {
    if (!file.path.endsWith('.safetensors')) continue;
    const header = await headerOf(folder, file, signal).catch((thrown: unknown) => {
      signal.throwIfAborted();
      if (thrown instanceof LoomError) return undefined;
      throw thrown;
    });
    const lora = header && (await loraOf(folder, file, header, signal));
    if (lora) found.push(lora);
  }
  return found;
}

/** The LoRA that this file is; undefined for one that is a model or something else. */
export async function loraOf(
  folder: ModelFolder,
  file: FolderFile,
  header: SafetensorsHeader,
  signal: AbortSignal,
): Promise<KnownLora | undefined> {
  if (!isLora(header)) return undefined;
  const hash = await fingerprint(folder, [file], signal);
  const name = (file.path.split('/').at(-1) ?? file.path).replace(/\.safetensors$/u, '');
  return { id: `file:${name}#${hash.slice(0, 12)}`, hash, name, folder, file, summary: summaryOf(header) };
}

const headerOf = (folder: ModelFolder, { path, size }: FolderFile, signal: AbortSignal) =>
  readSafetensorsHeader({ size, range: (start, end) => folder.read(path, start, end, signal) }, path);

/** What nodes hold of a LoRA. */
export class OpenedLora implements LoraFile {
  private constructor(
    readonly id: string,
    readonly name: string,
    readonly data: FileBytes,
    readonly header: SafetensorsHeader,
  ) {}

  /** Throws `file-missing`, `file-truncated`, `package-invalid`. */
  static async open({ id, name, folder, file }: KnownLora, signal: AbortSignal): Promise<OpenedLora> {
    const data = (await folder.blob?.(file.path, signal)) ?? (await readWhole(folder, file, signal));
    return new OpenedLora(id, name, data, await readSafetensorsHeader(data, file.path));
  }
}
