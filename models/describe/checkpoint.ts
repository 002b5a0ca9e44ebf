/** A single `.safetensors` file: a checkpoint, or an autoencoder alone, read as if it were a diffusers folder. */
import { LoomError, type FactSource } from '@/engine/types';
import { readCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import type { FolderFile, ModelFolder } from '../folder';
import type { KnownPackage } from '../packages';
import { readSafetensorsHeader, type SafetensorsHeader } from '../weights/safetensors-header';
import { describeReading } from './diffusers';
import { FactSheet } from './facts';
import { unsupportedFamily } from './families';
import { rangesOf, type Reading, type Virtual, type VirtualPart } from './reading';

/** Throws `unsupported-family` for a file that is no such model, `package-invalid`, `file-truncated`. */
export async function describeCheckpoint(
  folder: ModelFolder,
  file: FolderFile,
  signal: AbortSignal,
): Promise<KnownPackage> {
  const sheet = new FactSheet();
  const name = file.path.split('/').at(-1) ?? file.path;
  const bare: Reading = { folder, files: new Map([[file.path, file]]), signal, sheet, used: new Map() };
  const header = await readSafetensorsHeader(rangesOf(bare, file), file.path);
  const checkpoint = read(header, file.path);
  if (checkpoint.unet && checkpoint.pipeline === undefined)
    throw unsupportedFamily(`a ${checkpoint.variant} model of ${checkpoint.family}`, file.path);
  if (checkpoint.vae === undefined)
    throw new LoomError(
      'package-incomplete',
      `${name} holds a U-Net without an autoencoder.`,
      { file: file.path },
      { fix: 'Get the whole checkpoint, with its VAE baked in.', details: { file: file.path } },
    );
  const known = await describeReading({
    ...bare,
    folder: { ...folder, name: titleOf(name) },
    virtual: virtualOf(checkpoint, file),
  });
  const facts = [
    ...known.description.facts.filter(({ name: one }) => !checkpoint.facts.some((fact) => fact.name === one)),
    ...checkpoint.facts.map((fact) => ({ ...fact, from: sourceOf(fact.from, file.path) })),
  ];
  return { ...known, description: { ...known.description, facts }, folder };
}

/** What is of no family is said with the code that surfaces know. */
function read(header: SafetensorsHeader, path: string): Checkpoint {
  try {
    return readCheckpoint(header, path);
  } catch (thrown) {
    if (thrown instanceof LoomError && thrown.code === 'unsupported')
      throw new LoomError('unsupported-family', thrown.message, thrown.place, thrown.extra);
    throw thrown;
  }
}

const titleOf = (name: string): string => name.replace(/\.safetensors$/u, '');

const sourceOf = (from: 'file' | 'weights' | 'table' | 'guess', file: string): FactSource =>
  from === 'file' ? { kind: 'file', file } : { kind: from };

/** Pads by what OpenAI's and OpenCLIP's tokenizers do. */
const pads = { end: '<|endoftext|>', zero: '!' } as const;

function virtualOf(checkpoint: Checkpoint, file: FolderFile): Virtual {
  const { pipeline, unet, vae, text, family, distilled } = checkpoint;
  // XL is sampled with Euler by its makers.
  const scheduler =
    family === 'sdxl' && distilled === 'no'
      ? { ...checkpoint.scheduler, _class_name: 'EulerDiscreteScheduler' }
      : checkpoint.scheduler;
  const configs = new Map<string, unknown>();
  const parts = new Map<string, VirtualPart>();
  const put = (part: string, given: VirtualPart | undefined): void => {
    if (given === undefined) return;
    configs.set(`${part}/config.json`, given.config);
    parts.set(part, given);
  };
  if (pipeline !== undefined) configs.set('model_index.json', { _class_name: pipeline });
  configs.set('scheduler/scheduler_config.json', scheduler);
  put('unet', unet);
  put('vae', vae);
  // The refiner has the second encoder alone.
  const names = text.length === 1 && text[0]?.context === 'penultimate' ? ['_2'] : ['', '_2'];
  text.forEach((encoder, i) => {
    const at = names[i] ?? '';
    put(`text_encoder${at}`, encoder);
    configs.set(`tokenizer${at}/tokenizer_config.json`, { pad_token: pads[encoder.pad] });
  });
  return { configs, parts, file };
}
