/** A network of safetensors and a config: the graph is made here, the weights stay where they lie. */
import { LoomError, type Precision, type WeightEntry } from '@/engine/types';
import { z } from 'zod';
import type { FolderFile } from '../folder';
import { networkOf, type NetworkPart } from '../networks/network-of';
import { weightsOf } from '../networks/map-weights';
import { weightEntries } from '../weights/file-weights';
import { readSafetensorsHeader } from '../weights/safetensors-header';
import { readConfig } from './configs';
import { need, rangesOf, type Component, type Reading } from './reading';

/** The directory of weights in several files, in this order. */
export interface WeightDirectory {
  readonly files: readonly FolderFile[];
  readonly entries: ReadonlyMap<string, WeightEntry>;
}

const shardsSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * The headers of a component's safetensors: one file, or the shards that an index lists.
 * Throws `package-incomplete` for a missing shard, `package-invalid`, `file-truncated`.
 */
export async function weightDirectory(reading: Reading, file: FolderFile): Promise<WeightDirectory> {
  const folder = file.path.includes('/') ? file.path.slice(0, file.path.lastIndexOf('/') + 1) : '';
  const files = file.path.endsWith('.json')
    ? await shards(reading, file, folder)
    : [need(reading, file.path)];
  const headers = [];
  for (const one of files) headers.push(await readSafetensorsHeader(rangesOf(reading, one), one.path));
  return { files, entries: weightEntries(headers) };
}

async function shards(reading: Reading, index: FolderFile, folder: string): Promise<readonly FolderFile[]> {
  const { weight_map } = await readConfig(reading.folder, index, shardsSchema, reading.signal);
  return [...new Set(Object.values(weight_map))].map((name) => {
    if (/[\\/:]/u.test(name) || name.startsWith('.'))
      throw new LoomError('package-invalid', `${index.path} wants weights from "${name}".`, {
        file: index.path,
      });
    return need(reading, folder + name);
  });
}

/** The network that a config describes over these weights. Throws `package-invalid`, `unsupported`. */
export function weightsNetwork(
  directory: WeightDirectory,
  part: NetworkPart,
  config: unknown,
  options: { readonly name: string; readonly skip?: number },
): Component {
  const { entries, files } = directory;
  const network = networkOf(part, config, entries, options);
  const used = new Set(network.ops.flatMap(weightsOf).map(({ name }) => name));
  const own = [...used].flatMap((name) => entries.get(name) ?? []);
  return {
    network: {
      kind: 'weights',
      network,
      entries,
      files: files.map(({ path }) => path),
      precision: precisionOf(own),
      weightBytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
    },
    entries,
    files,
  };
}

/** What most weights are stored in; bfloat16 has no hardware here and is computed in single precision. */
function precisionOf(entries: readonly WeightEntry[]): Precision {
  const half = entries.reduce((sum, { dtype, bytes }) => sum + (dtype === 'float16' ? bytes : 0), 0);
  const all = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  return half * 2 > all ? 'fp16' : 'fp32';
}
