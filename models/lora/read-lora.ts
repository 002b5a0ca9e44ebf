/** A LoRA file read against the model it is to change: which weights, by what, and what of it cannot be applied. */
import type { WeightEntry } from '@/engine/types';
import { Slices, type FileBytes } from '../onnx/slices';
import { floatsOf } from '../weights/floats';
import { weightEntries } from '../weights/file-weights';
import type { SafetensorsHeader } from '../weights/safetensors-header';
import { alphasOf } from './alphas';
import { moduleFinder, type LoraTargets, type LoraWeight } from './module-names';
import { nameTensor, type OtherMethod } from './tensor-roles';

/** One changed weight. `scale` is alpha / rank. */
export interface LoraModule extends LoraWeight {
  readonly down: WeightEntry;
  readonly up: WeightEntry;
  readonly rank: number;
  readonly scale: number;
}

/** Why a module of the file is not applied. Each is shown: a silent one would be another picture. */
export type LoraNote = {
  /** The module as the file names it. */
  readonly module: string;
} & (
  | { readonly why: 'unknown-module' | 'unknown-name' | 'alpha-not-a-number' | 'number-format' }
  | { readonly why: 'method'; readonly method: OtherMethod }
  | { readonly why: 'missing-tensor'; readonly missing: 'up' | 'down' }
  | { readonly why: 'shape'; readonly shape: string; readonly wanted: string }
);

export interface Lora {
  readonly name: string;
  readonly file: FileBytes;
  readonly modules: readonly LoraModule[];
  readonly notes: readonly LoraNote[];
}

/** Whether a file is a LoRA, or of the methods like it, rather than a model. */
export const isLora = (header: SafetensorsHeader): boolean => {
  const names = [...header.tensors.keys()];
  return names.length > 0 && names.filter((name) => nameTensor(name) !== undefined).length * 2 > names.length;
};

/**
 * Reads names, shapes and alphas; the matrices are read when a weight is. Throws `package-invalid` or
 * `file-truncated` for a damaged file only: everything else that cannot be applied is in `notes`.
 */
export async function readLora(
  file: FileBytes,
  header: SafetensorsHeader,
  targets: LoraTargets,
  name: string,
): Promise<Lora> {
  const entries = weightEntries([header]);
  const slices = new Slices(file, name);
  const find = moduleFinder(targets);
  const alphas = alphasOf(header.metadata);
  const { modules: given, notes } = grouped(header);
  const modules: LoraModule[] = [];
  for (const [module, { down: a, up: b, alpha, other }] of given) {
    const note = (found: Notes): void => void notes.push({ module, ...found });
    const found = find(module);
    const target = found === undefined ? undefined : targets[found.part]?.get(found.weight);
    if (found === undefined || target === undefined) note({ why: 'unknown-module' });
    else if (other !== undefined) note({ why: 'method', method: other });
    else if (a === undefined || b === undefined)
      note({ why: 'missing-tensor', missing: a === undefined ? 'down' : 'up' });
    else {
      const [down, up] = [entries.get(a), entries.get(b)];
      if (down === undefined || up === undefined) {
        note({ why: 'number-format' });
        continue;
      }
      const rank = down.shape[0] ?? 0;
      if (!fits(target.shape, down.shape, up.shape)) {
        note({
          why: 'shape',
          shape: `[${up.shape.join(', ')}]·[${down.shape.join(', ')}]`,
          wanted: `[${target.shape.join(', ')}]`,
        });
        continue;
      }
      const own = alpha === undefined ? undefined : await scalar(slices, header, alpha);
      const value = own ?? alphas.of(module) ?? rank;
      if (!Number.isFinite(value)) {
        note({ why: 'alpha-not-a-number' });
        continue;
      }
      const scale = value / (alphas.stabilised(module) ? Math.sqrt(rank) : rank);
      modules.push({ ...found, down, up, rank, scale });
    }
  }
  return { name, file, modules, notes };
}

type Notes = LoraNote extends infer T ? (T extends unknown ? Omit<T, 'module'> : never) : never;

interface Group {
  down?: string;
  up?: string;
  alpha?: string;
  other?: OtherMethod;
}

/** Tensors by module. A module of several methods is of the one that is not plain. */
function grouped(header: SafetensorsHeader): { modules: ReadonlyMap<string, Group>; notes: LoraNote[] } {
  const modules = new Map<string, Group>();
  const notes: LoraNote[] = [];
  for (const name of header.tensors.keys()) {
    const named = nameTensor(name);
    if (named === undefined) {
      notes.push({ module: name, why: 'unknown-name' });
      continue;
    }
    const group = modules.get(named.module) ?? {};
    if ('role' in named) group[named.role] = name;
    else group.other = named.other;
    modules.set(named.module, group);
  }
  return { modules, notes };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** up [out, rank, 1…] · down [rank, in, kh, kw] makes a weight [out, in, kh, kw]. */
function fits(weight: readonly number[], down: readonly number[], up: readonly number[]): boolean {
  const [out = 0, ...rest] = weight;
  const [rank = 0] = down;
  return rank > 0 && up[0] === out && sizeOf(up) === out * rank && sizeOf(down) === rank * sizeOf(rest);
}

/** The one number of a tensor, NaN for what is no number. */
async function scalar(slices: Slices, header: SafetensorsHeader, name: string): Promise<number> {
  const place = header.tensors.get(name);
  if (place === undefined || sizeOf(place.shape) !== 1) return NaN;
  return floatsOf(place.type, await slices.bytes(place.offset, place.bytes))?.[0] ?? NaN;
}
