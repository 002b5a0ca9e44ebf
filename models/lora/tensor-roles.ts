/** What each tensor of a LoRA file is, told by the end of its name; the naming schemes may be mixed in one file. */

/** `down` and `up` are A and B of the paper (arXiv 2106.09685): W' = W + strength · (alpha / rank) · B·A. */
export type Role = 'down' | 'up' | 'alpha';

/** Other ways to change a weight, which are not taken. */
export type OtherMethod =
  | 'LoHa'
  | 'LoKr'
  | 'DoRA'
  | 'Tucker'
  | 'OFT'
  | 'IA3'
  | 'difference'
  | 'embedding'
  | 'bias';

export type NamedTensor =
  | { readonly module: string; readonly role: Role }
  | { readonly module: string; readonly other: OtherMethod }
  | undefined;

/** kohya-ss, diffusers (old and new), PEFT. `$1` is the module. */
const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/^(.+)\.lora_down\.weight$/u, 'down'],
  [/^(.+)\.lora_up\.weight$/u, 'up'],
  [/^(.+)\.lora_A(?:\.[^.]+)?\.weight$/u, 'down'],
  [/^(.+)\.lora_B(?:\.[^.]+)?\.weight$/u, 'up'],
  [/^(.+)\.lora(?:_linear_layer)?\.down\.weight$/u, 'down'],
  [/^(.+)\.lora(?:_linear_layer)?\.up\.weight$/u, 'up'],
  [/^(.+)_lora\.down\.weight$/u, 'down'],
  [/^(.+)_lora\.up\.weight$/u, 'up'],
  [/^(.+)\.alpha$/u, 'alpha'],
];

const OTHERS: readonly (readonly [RegExp, OtherMethod])[] = [
  [/^(.+)\.hada_[wt]\w+$/u, 'LoHa'],
  [/^(.+)\.lokr_[wt]\w+$/u, 'LoKr'],
  [/^(.+)\.(?:dora_scale|lora_magnitude_vector(?:\.\w+)?)$/u, 'DoRA'],
  [/^(.+)\.lora_mid\.weight$/u, 'Tucker'],
  [/^(.+)\.oft_\w+$/u, 'OFT'],
  [/^(.+)\.(?:on_input|ia3_\w+)$/u, 'IA3'],
  [/^(.+)\.diff(?:_b)?$/u, 'difference'],
  [/^(bundle_emb)\..+$/u, 'embedding'],
  [/^(.+)\.(?:lora_[AB](?:\.\w+)?|lora_(?:up|down))\.bias$/u, 'bias'],
];

/** `undefined` for a name of no scheme. */
export function nameTensor(name: string): NamedTensor {
  for (const [pattern, role] of ROLES) {
    const module = pattern.exec(name)?.[1];
    if (module !== undefined) return { module: withoutProcessor(module), role };
  }
  for (const [pattern, other] of OTHERS) {
    const module = pattern.exec(name)?.[1];
    if (module !== undefined) return { module: withoutProcessor(module), other };
  }
  return undefined;
}

/** The first diffusers LoRAs hung on attention processors: `attn1.processor.to_q`, with `to_out` for `to_out.0`. */
function withoutProcessor(module: string): string {
  const found = /^(.+)\.processor\.(to_q|to_k|to_v|to_out)$/u.exec(module);
  if (found === null) return module;
  const [, at = '', name = ''] = found;
  return `${at}.${name === 'to_out' ? 'to_out.0' : name}`;
}
