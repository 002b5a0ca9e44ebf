/** LoRAs on the networks of a package: which weights they find there, and a package's part opened anew with them. */
import {
  LoomError,
  type Adaptable,
  type LoraReport,
  type NetworkFiles,
  type PackageDescription,
  type WeightsNetwork,
  type WeightStore,
} from '@/engine/types';
import { withLoras, type AppliedLora } from './lora-weights';
import type { LoraPart, LoraTargets } from './module-names';
import { OpenedLora } from './open-lora';
import { readLora, type LoraNote } from './read-lora';
import { isText } from './summary';

/** What is added to the weights of one part of a package, and where its networks are kept to be unloaded. */
export interface LoadingLoras {
  readonly applied: readonly AppliedLora[];
  readonly reports: readonly LoraReport[];
  /** Which part each network of the package is; those that came as graphs are missing. */
  readonly parts: ReadonlyMap<NetworkFiles, LoraPart>;
  readonly networks: Set<{ dispose(): Promise<void> }>;
}

/** A package to which nothing is added yet. */
export function noLoras({ unet, conditioner }: PackageDescription): LoadingLoras {
  const parts = new Map<NetworkFiles, LoraPart>();
  if (unet !== undefined) parts.set(unet.network, 'unet');
  const names = ['text', 'text2'] as const;
  for (const [i, { network, skips }] of (conditioner.text?.encoders ?? []).entries()) {
    const part = names[i];
    if (part === undefined) continue;
    for (const stored of [network, ...[...(skips?.values() ?? [])].map((skip) => skip.network)])
      parts.set(stored, part);
  }
  for (const stored of parts.keys()) if (stored.kind !== 'weights') parts.delete(stored);
  return { applied: [], reports: [], parts, networks: new Set() };
}

/** The weights with all that is to be added to this network. */
export function adapted(
  store: WeightStore,
  network: WeightsNetwork,
  { applied, parts }: LoadingLoras,
  dtype: 'float32' | 'float16',
): WeightStore {
  const part = parts.get(network);
  return part === undefined ? store : withLoras(store, part, applied, dtype);
}

/** Every weight a LoRA may change, by part. */
function targetsOf({ parts }: LoadingLoras): LoraTargets {
  const targets: Partial<Record<LoraPart, WeightsNetwork['entries']>> = {};
  for (const [stored, part] of parts) if (stored.kind === 'weights') targets[part] ??= stored.entries;
  return targets;
}

/**
 * `withLora` and `loras` of a part: `again` opens it with what is given. Nothing where none of its networks
 * has weights with names. `base` is what strength 0 gives.
 */
export function adaptable<T, L extends { readonly loras?: LoadingLoras }>(
  loading: L,
  own: readonly LoraPart[],
  again: (next: L) => T,
  base: () => T,
): Adaptable<T> {
  const { loras } = loading;
  const ofUnet = own.includes('unet');
  if (loras === undefined || ![...loras.parts.values()].some((part) => own.includes(part))) return {};
  return {
    ...(loras.reports.length > 0 && { loras: loras.reports }),
    async withLora(file, strength, { signal }) {
      if (!(file instanceof OpenedLora))
        throw new LoomError('bad-input', `The LoRA "${file.id}" was not opened by this source.`);
      if (!Number.isFinite(strength))
        throw new LoomError('invalid-param', `The strength of ${file.name} is no number.`, {
          path: 'strength',
        });
      if (strength === 0) return base();
      signal.throwIfAborted();
      const lora = await readLora(file.data, file.header, targetsOf(loras), file.name);
      if (lora.modules.length === 0) throw nothingFits(file.name, lora.notes);
      const applied = lora.modules.filter(({ part }) => own.includes(part)).length;
      // A LoRA of the other part alone leaves this one as it is.
      if (applied === 0) {
        // One of another family may fit by its text encoder, which many share: half of it would be another picture.
        const mine = lora.notes.filter(
          ({ module, why }) => why !== 'unknown-name' && isText(module) !== ofUnet,
        );
        if (mine.length > 0) throw nothingFits(file.name, mine);
        return base();
      }
      const left = lora.notes.map((note) => ({ module: note.module, why: reasonOf(note) }));
      return again({
        ...loading,
        loras: {
          ...loras,
          applied: [...loras.applied, { lora, strength }],
          reports: [...loras.reports, { id: file.id, strength, applied, left }],
        },
      });
    },
  };
}

function nothingFits(name: string, notes: readonly LoraNote[]): LoomError {
  const other = notes.find((note) => note.why === 'method');
  if (other?.why === 'method')
    return new LoomError(
      'unsupported',
      `${name} changes weights by ${other.method}, which is not taken.`,
      { file: name },
      { fix: 'Plain LoRAs are taken: of kohya, diffusers or PEFT.' },
    );
  const [first] = notes;
  const why = first === undefined ? '' : ` ${first.module}: ${reasonOf(first)}.`;
  return new LoomError(
    'bad-input',
    `None of the ${notes.length} modules of ${name} is one of this model.${why}`,
    { file: name },
    { fix: 'A LoRA belongs to one family: use it with a model of the same.' },
  );
}

/** In words. */
function reasonOf(note: LoraNote): string {
  switch (note.why) {
    case 'unknown-module':
      return 'the model has no such module';
    case 'unknown-name':
      return 'its name is of no known scheme';
    case 'alpha-not-a-number':
      return 'its alpha is no number';
    case 'number-format':
      return 'its numbers are of an unknown format';
    case 'method':
      return `it is a ${note.method}, not a plain LoRA`;
    case 'missing-tensor':
      return `its ${note.missing} matrix is missing`;
    case 'shape':
      return `it makes ${note.shape} where the model has ${note.wanted}`;
    default:
      return note satisfies never;
  }
}
