/** Weights of a description against those of a file: older names are followed, missing and misshapen ones are said. */
import { LoomError, type NetworkDescription, type WeightEntry, type WeightRef } from '@/engine/types';
import { mapWeights } from './map-weights';

/** Names before diffusers 0.17 (attention over pixels), by the names of today. */
const OLD_MODULES: Readonly<Record<string, string>> = {
  to_q: 'query',
  to_k: 'key',
  to_v: 'value',
  'to_out.0': 'proj_attn',
};

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The name under which the file has this weight; undefined if it has none. */
function nameIn(entries: ReadonlyMap<string, WeightEntry>, name: string): string | undefined {
  if (entries.has(name)) return name;
  const old = name.replace(
    /\.(to_[qkv]|to_out\.0)\.(weight|bias)$/u,
    (_, module: string, part: string) => `.${OLD_MODULES[module] ?? module}.${part}`,
  );
  // transformers 5 leaves out the one module that holds the whole text encoder.
  return [old, name.replace(/^text_model\./u, '')].find((other) => entries.has(other));
}

/**
 * The description with the file's names. Shapes may differ by ones ([C, C, 1, 1] for [C, C]).
 * Throws `package-invalid` naming what is missing or of another shape.
 */
export function fitWeights(
  description: NetworkDescription,
  entries: ReadonlyMap<string, WeightEntry>,
): NetworkDescription {
  const missing = new Set<string>();
  const wrong = new Set<string>();
  const fitted = mapWeights(description, (ref): WeightRef => {
    const name = nameIn(entries, ref.name);
    const entry = name === undefined ? undefined : entries.get(name);
    if (entry === undefined) {
      missing.add(ref.name);
      return ref;
    }
    const whole = ref.rows === undefined ? ref.shape : [entry.shape[0] ?? 1, ...ref.shape.slice(1)];
    if (sizeOf(entry.shape) !== sizeOf(whole) || ones(entry.shape) !== ones(turned(whole, ref)))
      wrong.add(`${ref.name} is [${entry.shape.join(', ')}], not [${ref.shape.join(', ')}]`);
    return { ...ref, name: entry.name };
  });
  if (missing.size > 0)
    throw new LoomError('package-invalid', `${description.name}: the weights lack ${listed(missing)}.`);
  if (wrong.size > 0)
    throw new LoomError(
      'package-invalid',
      `${description.name}: ${listed(wrong)}.`,
      {},
      {
        fix: 'The config and the weights are of different networks: take both from one place.',
      },
    );
  return fitted;
}

/** A shape without its ones. */
const ones = (shape: readonly number[]): string => shape.filter((size) => size !== 1).join();
const turned = (shape: readonly number[], ref: WeightRef): readonly number[] =>
  ref.transposed === true ? [...shape.slice(0, -2), ...shape.slice(-2).toReversed()] : shape;

/** The first three, and how many more. */
function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, 3).join(', ');
  return names.size > 3 ? `${shown} and ${names.size - 3} more` : shown;
}
