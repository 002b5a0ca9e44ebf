/** LoRAs on their way into a network: each file is read against the weights of the package that it changes. */
import type { LoadOptions, PackageDescription, WeightEntry } from '@/engine/types';
import type { KnownLora } from '../describe/lora';
import { readWhole } from '../folder';
import type { FileBytes } from '../onnx/slices';
import { readSafetensorsHeader } from '../weights/safetensors-header';
import type { AppliedLora } from './lora-weights';
import type { LoraPart, LoraTargets } from './module-names';
import { readLora } from './read-lora';

/** One LoRA of a row, with a strength for each kind of network. */
export interface LoraUse {
  readonly lora: KnownLora;
  readonly unet: number;
  readonly text: number;
}

/** Which weights of a package LoRAs may change, by network; none where its graphs came ready-made. */
function targetsOf({ unet, conditioner }: PackageDescription): LoraTargets {
  const entriesOf = (network: { kind: string; entries?: ReadonlyMap<string, WeightEntry> } | undefined) =>
    network?.kind === 'weights' ? network.entries : undefined;
  const [first, second] = conditioner.text?.encoders ?? [];
  const parts = {
    unet: entriesOf(unet?.network),
    text: entriesOf(first?.network),
    text2: entriesOf(second?.network),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, entries]) => entries !== undefined));
}

/** The LoRAs as one network wants them. Throws `package-invalid`, `file-truncated`, `file-missing`. */
export async function openLoras(
  uses: readonly LoraUse[],
  part: LoraPart,
  description: PackageDescription,
  { signal }: Pick<LoadOptions, 'signal'>,
): Promise<readonly AppliedLora[]> {
  const targets = targetsOf(description);
  const applied: AppliedLora[] = [];
  for (const { lora, unet, text } of uses) {
    const strength = part === 'unet' ? unet : text;
    if (strength === 0) continue;
    const { folder, file, title } = lora;
    const data: FileBytes =
      (await folder.blob?.(file.path, signal)) ?? (await readWhole(folder, file, signal));
    const header = await readSafetensorsHeader(data, file.path);
    applied.push({ lora: await readLora(data, header, targets, title), strength });
  }
  return applied;
}
