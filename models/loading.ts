/** What opening a part of a package needs. */
import type { Backend, PackageDescription } from '@/engine/types';
import type { LoadingLoras } from './lora/adapt';
import type { PackageFiles } from './package-files';

/** What the parts of one package load with. */
export interface Loading {
  readonly description: PackageDescription;
  readonly backend: Backend;
  readonly files: PackageFiles;
  /** LoRAs that are added to weights as they are read. */
  readonly loras?: LoadingLoras;
}
