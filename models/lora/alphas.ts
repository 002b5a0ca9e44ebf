/** Alphas that lie in a LoRA's metadata alone, as PEFT and diffusers write them. */
import { z } from 'zod';

const configSchema = z.object({
  lora_alpha: z.number().optional(),
  alpha_pattern: z.record(z.string(), z.number()).optional(),
  use_rslora: z.boolean().optional(),
});
type Config = z.output<typeof configSchema>;

export interface Alphas {
  /** Alpha of a module, undefined where the file does not say: it is then the rank. */
  of(module: string): number | undefined;
  /** Rank-stabilised: alpha / √rank (arXiv 2312.03732). */
  stabilised(module: string): boolean;
}

/** Key of safetensors' metadata under which PEFT's config lies as JSON. */
const KEY = 'lora_adapter_metadata';
const PREFIXES = ['unet.', 'text_encoder_2.', 'text_encoder.', ''];

/** What is malformed is as if it were not there: a default then holds, as in PEFT. */
export function alphasOf(metadata: Readonly<Record<string, string>>): Alphas {
  const given = parse(metadata[KEY]);
  const configs = PREFIXES.map((prefix) => [prefix, configOf(given, prefix)] as const);
  const configFor = (module: string): readonly [Config, string] => {
    const [prefix, config] = configs.find(
      ([start, found]) => module.startsWith(start) && Object.keys(found).length > 0,
    ) ?? ['', {}];
    return [config, module.slice(prefix.length).replace(/^base_model\.model\./u, '')];
  };
  return {
    of(module) {
      const [config, name] = configFor(module);
      const pattern = Object.entries(config.alpha_pattern ?? {}).find(
        ([key]) => name === key || name.endsWith(`.${key}`),
      );
      return pattern?.[1] ?? config.lora_alpha;
    },
    stabilised: (module) => configFor(module)[0].use_rslora === true,
  };
}

function parse(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const parsed = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/** Fields under `unet.` and the like, or of the file as a whole. */
function configOf(given: Readonly<Record<string, unknown>>, prefix: string): Config {
  const own = Object.entries(given).flatMap(([key, value]) =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [],
  );
  const parsed = configSchema.safeParse(Object.fromEntries(own));
  return parsed.success ? parsed.data : {};
}
