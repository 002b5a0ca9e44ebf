/** Model packages: manifests, verified loading, and what nodes may ask of them. */
export { createBrowserCache, type FileCache } from './cache';
export { createCatalog } from './catalog';
export { findPackages, type FoundPackage } from './describe/find';
export type { KnownLora } from './lora/open-lora';
export type { LoraSummary } from './lora/summary';
export { bytesOf } from './description';
export { createFetchFiles, type FileSource, type FileStream } from './files';
export { manifestSchema, type PackageManifest } from './manifest';
export type { FolderFile, ModelFolder } from './folder';
export {
  parsePackage,
  readPackage,
  readPackages,
  type InstalledPackage,
  type KnownPackage,
} from './packages';
export { createModelSource, type LoadedModels, type ModelSourceOptions } from './source';
