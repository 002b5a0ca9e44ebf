/** A folder while it is described. */
import { LoomError, type FactSource, type NetworkFiles, type WeightEntry } from '@/engine/types';
import type { z } from 'zod';
import type { FolderFile, ModelFolder } from '../folder';
import type { OnnxHeader } from '../onnx/graph-header';
import type { RangeFile } from '../onnx/slices';
import { readConfig } from './configs';
import type { FactSheet } from './facts';

export interface Reading {
  readonly folder: ModelFolder;
  /** By path inside the package. */
  readonly files: ReadonlyMap<string, FolderFile>;
  readonly signal: AbortSignal;
  readonly sheet: FactSheet;
  /** Files that the description names so far. */
  readonly used: Map<string, FolderFile>;
  /** A single-file checkpoint, read as if it were a folder: what its files would say, and its parts. */
  readonly virtual?: Virtual;
}

/** What a diffusers folder of the same model would have. */
export interface Virtual {
  readonly configs: ReadonlyMap<string, unknown>;
  readonly parts: ReadonlyMap<string, VirtualPart>;
  /** The one file. */
  readonly file: FolderFile;
}
export interface VirtualPart {
  readonly config: unknown;
  /** By diffusers' names; `file` 0 is the one file. */
  readonly entries: ReadonlyMap<string, WeightEntry>;
}

/** One network of a folder, described: how it is stored, and what else its files say. */
export interface Component {
  readonly network: NetworkFiles;
  /** Where its graph came with it. */
  readonly header?: OnnxHeader;
  /** Where it is made of safetensors. */
  readonly entries?: ReadonlyMap<string, WeightEntry>;
  /** Files that its numbers come from. */
  readonly files: readonly FolderFile[];
}

/** A file of the package, noted as used. Throws `package-incomplete`. */
export function need(reading: Reading, path: string): FolderFile {
  const file = reading.files.get(path);
  if (file === undefined)
    throw new LoomError(
      'package-incomplete',
      `The model "${reading.folder.name}" has no ${path}.`,
      { file: path },
      { fix: 'Copy or download the whole folder.', details: { file: path } },
    );
  reading.used.set(path, file);
  return file;
}

/** The first of these configs that is there. */
export async function configOf<T extends z.ZodType>(
  { folder, files, signal, virtual }: Reading,
  paths: readonly string[],
  schema: T,
): Promise<Config<T> | undefined> {
  for (const path of paths) {
    const given = virtual?.configs.get(path);
    if (given !== undefined) return { path, config: schema.parse(given), from: { kind: 'weights' } };
    const file = files.get(path);
    if (file)
      return {
        path,
        config: await readConfig(folder, file, schema, signal),
        from: { kind: 'file', file: path },
      };
  }
  return undefined;
}

/** A config and where its facts come from. */
export interface Config<T extends z.ZodType> {
  readonly path: string;
  readonly config: z.output<T>;
  readonly from: FactSource;
}

/** A file as ranges, for header readers. */
export const rangesOf = ({ folder, signal }: Reading, { path, size }: FolderFile): RangeFile => ({
  size,
  range: (start, end) => folder.read(path, start, end, signal),
});
