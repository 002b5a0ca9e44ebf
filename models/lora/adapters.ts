/** Packages with LoRAs: which U-Nets and conditioners come from which, and their variants. */
import {
  LoomError,
  type Adaptable,
  type Conditioner,
  type LoadOptions,
  type LoraStrength,
  type ModelPackage,
  type UNet,
} from '@/engine/types';
import type { KnownLora } from '../describe/lora';
import type { KnownPackage } from '../packages';
import { Shared } from '../shared';
import type { LoraUse } from './open-loras';

/** An opened package, and how its weights are let go. */
export interface Variant {
  readonly opened: ModelPackage;
  readonly networks: readonly { dispose(): Promise<void> }[];
}
type OpenVariant = (
  installed: KnownPackage,
  load: LoadOptions,
  loras: readonly LoraUse[],
) => Promise<Variant>;

interface Origin {
  readonly installed: KnownPackage;
  readonly loras: readonly LoraUse[];
}

/** Variants whose weights are kept: each is as large as the model. One more lets the oldest go; a call loads it again. */
const keptVariants = 2;

export class Adapters {
  readonly #origins = new WeakMap<UNet | Conditioner, Origin>();
  readonly #variants = new Map<string, Shared<Variant>>();
  readonly #loras: ReadonlyMap<string, KnownLora>;

  constructor(
    loras: readonly KnownLora[],
    private readonly open: OpenVariant,
  ) {
    this.#loras = new Map(loras.map((lora) => [lora.id, lora]));
  }

  /** Remembers whose the parts are. */
  note({ opened }: Variant, installed: KnownPackage, loras: readonly LoraUse[] = []): void {
    for (const part of [opened.unet, opened.conditioner])
      if (part) this.#origins.set(part, { installed, loras });
  }

  /** Throws `package-missing`, `unsupported`, `bad-input`: see `ModelSource.adapt`. */
  async adapt(given: Adaptable, { id, unet, text }: LoraStrength, load: LoadOptions): Promise<Adaptable> {
    const lora = this.#loras.get(id);
    if (lora === undefined)
      throw new LoomError(
        'package-missing',
        `The LoRA "${id}" is not here.`,
        { package: id },
        { fix: 'Open the file of the LoRA, or choose another.', details: { package: id } },
      );
    const { installed, loras } = this.#originOf(given);
    const { description } = installed;
    if (description.unet?.network.kind !== 'weights')
      throw new LoomError(
        'unsupported',
        `A LoRA is added to tensors by name, and "${description.title}" came as ready-made graphs.`,
        { package: description.id },
        { fix: 'Open the model from its safetensors (a checkpoint or a diffusers folder).' },
      );
    const row = [...loras, { lora, unet, text }];
    const { opened } = await this.#variant(installed, row, load);
    return {
      ...(given.unet && opened.unet && { unet: opened.unet }),
      ...(given.conditioner && { conditioner: opened.conditioner }),
    };
  }

  async unload(): Promise<void> {
    await Promise.all([...this.#variants.values()].map(dispose));
    this.#variants.clear();
  }

  #originOf({ unet, conditioner }: Adaptable): Origin {
    const origins = [unet, conditioner].flatMap((part) => (part ? [this.#origins.get(part)] : []));
    const [first, ...others] = origins;
    if (first === undefined || others.some((other) => other === undefined || keyOf(other) !== keyOf(first)))
      throw new LoomError(
        'bad-input',
        'A LoRA changes the U-Net and the conditioner of one package, with the same LoRAs before it.',
        { port: 'conditioner' },
        { fix: 'Take both from the same node.' },
      );
    return first;
  }

  #variant(installed: KnownPackage, loras: readonly LoraUse[], load: LoadOptions): Promise<Variant> {
    const key = keyOf({ installed, loras });
    const known = this.#variants.get(key);
    this.#variants.delete(key);
    const shared =
      known ??
      new Shared(async (options: LoadOptions) => {
        const variant = await this.open(installed, options, loras);
        this.note(variant, installed, loras);
        return variant;
      });
    // The newest last.
    this.#variants.set(key, shared);
    const gone = [...this.#variants].slice(0, -keptVariants);
    for (const [old, variant] of gone) {
      this.#variants.delete(old);
      void dispose(variant);
    }
    return shared.get(load);
  }
}

const keyOf = ({ installed, loras }: Origin): string =>
  JSON.stringify([installed.description.id, ...loras.map(({ lora, unet, text }) => [lora.hash, unet, text])]);

async function dispose(variant: Shared<Variant>): Promise<void> {
  await Promise.all((variant.value?.networks ?? []).map((network) => network.dispose()));
}
