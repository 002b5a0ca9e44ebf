/** The memory section of a manifest: each network measured in a process of its own. */
import { execFileSync } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryNames, networkMemorySchema, networksOf, type PackageManifest } from '../manifest';

const script = fileURLToPath(new URL('./measure-memory.ts', import.meta.url));

/**
 * @param folder the finished package, manifest included
 * @returns bytes by network, on wasm in single precision
 */
export function measuredMemory(
  folder: string,
  manifest: PackageManifest,
): NonNullable<PackageManifest['memory']> {
  const networks = networksOf(manifest);
  const memory: NonNullable<PackageManifest['memory']> = {};
  for (const name of memoryNames) {
    if (networks[name] === undefined) continue;
    const place = [dirname(resolve(folder)), basename(resolve(folder)), name];
    const text = execFileSync(process.execPath, ['--import', 'tsx', script, ...place], { encoding: 'utf8' });
    memory[name] = networkMemorySchema.parse(JSON.parse(text));
  }
  return memory;
}
