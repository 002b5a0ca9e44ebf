/**
 * Names of a LoRA's modules to the weights of a model. They are looked up in the model's own names, never taken apart:
 * kohya writes `_` for every dot, and module names hold `_` themselves.
 */
import type { WeightEntry } from '@/engine/types';
import { unetPlace, type UNetShape } from '../checkpoint/names';

/** Networks of a package that a LoRA may change. */
export type LoraPart = 'unet' | 'text' | 'text2';

/** The weights of each part, under the names that its description has. */
export type LoraTargets = Partial<Readonly<Record<LoraPart, ReadonlyMap<string, WeightEntry>>>>;

export interface LoraWeight {
  readonly part: LoraPart;
  /** Name in the part's directory. */
  readonly weight: string;
}

const PREFIXES: readonly (readonly [prefix: string, part: LoraPart])[] = [
  ['lora_unet_', 'unet'],
  ['lora_te1_', 'text'],
  ['lora_te2_', 'text2'],
  ['lora_te_', 'text'],
  ['unet.', 'unet'],
  ['text_encoder_2.', 'text2'],
  ['text_encoder.', 'text'],
];
/** PEFT's own files do not say of which network they are. */
const ANY_PREFIXES = ['base_model.model.', ''];
const PARTS: readonly LoraPart[] = ['unet', 'text', 'text2'];

/** A finder of modules. It gives undefined for a module that the model does not have. */
export function moduleFinder(targets: LoraTargets): (module: string) => LoraWeight | undefined {
  const names = new Map<LoraPart, ReadonlyMap<string, string>>();
  for (const part of PARTS) {
    const entries = targets[part];
    if (entries !== undefined) names.set(part, namesOf(part, entries));
  }
  const find = (part: LoraPart, module: string): LoraWeight | undefined => {
    const weight = names.get(part)?.get(module);
    return weight === undefined ? undefined : { part, weight };
  };
  return (module) => {
    for (const [prefix, part] of PREFIXES)
      if (module.startsWith(prefix)) return find(part, module.slice(prefix.length));
    for (const prefix of ANY_PREFIXES) {
      if (!module.startsWith(prefix)) continue;
      const inner = module.slice(prefix.length);
      for (const part of PARTS) {
        const found = find(part, inner);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
}

/** Every name under which a file may speak of a weight: dotted, with `_` for dots, of diffusers or of the checkpoint. */
function namesOf(part: LoraPart, entries: ReadonlyMap<string, WeightEntry>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const shape = part === 'unet' ? unetShapeOf(entries) : undefined;
  for (const [name, entry] of entries) {
    // OpenCLIP's projection may lie the other way round; trainers leave it alone.
    if (!name.endsWith('.weight') || entry.shape.length < 2 || name === 'text_projection.weight') continue;
    const module = name.slice(0, -'.weight'.length);
    const others =
      shape === undefined
        ? [module.startsWith('text_model.') ? module.slice('text_model.'.length) : `text_model.${module}`]
        : [unetPlace(name, shape)?.name.slice(0, -'.weight'.length)];
    for (const known of [module, ...others]) {
      if (known === undefined) continue;
      names.set(known, name);
      names.set(known.replaceAll('.', '_'), name);
    }
  }
  return names;
}

/** kohya's LoRAs of XL use the checkpoint's numbering of blocks, which follows from these. */
function unetShapeOf(entries: ReadonlyMap<string, WeightEntry>): UNetShape {
  const has = (start: string) => [...entries.keys()].some((name) => name.startsWith(start));
  const count = (before: string) => {
    let n = 0;
    while (has(`${before}${n}.`)) n += 1;
    return n;
  };
  return {
    layers: count('down_blocks.0.resnets.'),
    upAttention: Array.from({ length: count('up_blocks.') }, (_, i) => has(`up_blocks.${i}.attentions.`)),
  };
}
