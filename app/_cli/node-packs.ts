/** `--nodes FILE`: the command line's nodes, with those of packs. */
import { readFile } from 'node:fs/promises';
import { LoomError, type NodeRegistry } from '@/engine';
import { loadPack } from '@/app/_packs/load-pack';
import { registryWith } from '@/app/_packs/registry-with';

/** What every command that reads graphs takes. */
export interface WithNodes {
  readonly nodes?: readonly string[];
}

/**
 * The node library and the packs in these files. Packs are programs: they run with the rights of the command line.
 * @throws LoomError `file-missing`, or what {@link loadPack} says
 */
export async function registryOf({ nodes: files = [] }: WithNodes): Promise<NodeRegistry> {
  const packs = await Promise.all(
    files.map(async (file) => {
      const source = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new LoomError(
          'file-missing',
          `${file} cannot be read.`,
          { file },
          { cause, fix: 'Check the path.' },
        );
      });
      return loadPack(source, file);
    }),
  );
  return registryWith(packs);
}
