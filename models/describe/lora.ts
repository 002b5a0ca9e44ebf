/** A LoRA file beside models: named by its contents, read against a model only when it is applied to one. */
import type { FolderFile, ModelFolder } from '../folder';
import { isLora } from '../lora/read-lora';
import type { SafetensorsHeader } from '../weights/safetensors-header';
import { fingerprint } from './fingerprint';

/** A LoRA that was found. */
export interface KnownLora {
  /** `lora:<name>#<12 hex of its contents>`. */
  readonly id: string;
  readonly title: string;
  readonly hash: string;
  readonly folder: ModelFolder;
  readonly file: FolderFile;
}

/** The LoRA that this file is; undefined for one that is a model. */
export async function describeLora(
  folder: ModelFolder,
  file: FolderFile,
  header: SafetensorsHeader,
  signal: AbortSignal,
): Promise<KnownLora | undefined> {
  if (!isLora(header)) return undefined;
  const title = (file.path.split('/').at(-1) ?? file.path).replace(/\.safetensors$/u, '');
  const hash = await fingerprint(folder, [file], signal);
  return { id: `lora:${title}#${hash.slice(0, 12)}`, title, hash, folder, file };
}
