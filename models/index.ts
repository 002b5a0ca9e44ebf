/** Model packages: manifests, verified loading, and what nodes may ask of them. */
export { createBrowserCache, type FileCache } from './cache';
export { createCatalog } from './catalog';
export { createFetchFiles, type FileSource, type FileStream } from './files';
export { manifestSchema, type PackageManifest } from './manifest';
export { parsePackage, readPackage, readPackages, type InstalledPackage } from './packages';
export { createModelSource, type LoadedModels, type ModelSourceOptions } from './source';
