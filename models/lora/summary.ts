/** What a LoRA's header tells before any model is there: shown where a person chooses one. */
import type { SafetensorsHeader } from '../weights/safetensors-header';
import { nameTensor, type OtherMethod } from './tensor-roles';

export interface LoraSummary {
  /** Least and most rank of its modules; undefined where it has no plain one. */
  readonly ranks: readonly [least: number, most: number] | undefined;
  /** Which networks its names speak of. */
  readonly adapts: readonly ('unet' | 'text')[];
  /** Methods in it that are not taken. */
  readonly others: readonly OtherMethod[];
}

/** Whether a module is a text encoder's, by its name alone. PEFT's own files name no network: their text encoders are told by the names of CLIP's layers. */
export const isText = (module: string): boolean =>
  /^(?:lora_te\d?_|text_encoder(?:_2)?\.|(?:base_model\.model\.)?text_model\.)/u.test(module);

/** Never throws: names that are of no scheme say nothing. */
export function summaryOf(header: SafetensorsHeader): LoraSummary {
  const ranks: number[] = [];
  const adapts = new Set<'unet' | 'text'>();
  const others = new Set<OtherMethod>();
  for (const [name, { shape }] of header.tensors) {
    const named = nameTensor(name);
    if (named === undefined) continue;
    adapts.add(isText(named.module) ? 'text' : 'unet');
    if ('other' in named) others.add(named.other);
    else if (named.role === 'down') ranks.push(shape[0] ?? 0);
  }
  return {
    ranks: ranks.length === 0 ? undefined : [Math.min(...ranks), Math.max(...ranks)],
    adapts: [...adapts].toSorted().toReversed(),
    others: [...others],
  };
}
