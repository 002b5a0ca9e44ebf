/**
 * What a ComfyUI node is, and which of our nodes say the same: the mapping table's vocabulary. The tables
 * beside this file are data; `import.ts` and `export.ts` read them in both directions.
 */
import type { Json } from '../json';
export type { Json } from '../json';

/** Values of a node's widgets (or of its API inputs that are no links) by name. */
export type Values = Readonly<Record<string, Json>>;
/** Parameters of one of our nodes. */
export type Params = Readonly<Record<string, Json>>;

/**
 * How a mapped node differs from what ComfyUI computes. The sentences are in the catalogue under
 * `interop.differs.<code>`; `what` fills its `{what}`.
 */
export interface Difference {
  readonly code: DifferenceCode;
  readonly what?: string;
}
export const differenceCodes = [
  'sampler',
  'scheduler',
  'leftover',
  'no-noise',
  'batch-noise',
  'tiled',
  'resize-mode',
  'feather-shape',
  'corner-rules',
  'interpolation',
  'range-of-steps',
  'lora-tag',
  'embedding',
  'value-fixed',
  'value-range',
  'mask-channel',
  'widget-lost',
  'from-image',
  'two-pass',
  'two-prompts',
  'score',
  'area-whole',
] as const;
export type DifferenceCode = (typeof differenceCodes)[number];

/** A model file that a node names, by its kind. */
export interface ModelFile {
  readonly kind:
    | 'checkpoint'
    | 'vae'
    | 'clip'
    | 'unet'
    | 'lora'
    | 'control-net'
    | 'upscale'
    | 'clip-vision'
    | 'style'
    | 'gligen'
    | 'hypernetwork'
    | 'embedding'
    | 'diffusers';
  readonly name: string;
}

/** What an import may ask about the place it is opened in. */
export interface MappingContext {
  /** The package that stands for this file; undefined when none is there. */
  readonly modelId: (file: ModelFile) => string | undefined;
  /** The picture or mask behind an input file's name, as a data URL; undefined when it is not there. */
  readonly picture?: (name: string) => string | undefined;
}

/** Our side of a node. Endpoints are `part.port`. */
export interface Mapping {
  /** Our nodes by part. `main` stands where the ComfyUI node stood; the others to its left, in this order. */
  readonly parts: Readonly<Record<string, string>> & { readonly main: string };
  /** Wires between the parts: `[from, to]`. */
  readonly inner?: readonly (readonly [string, string])[];
  /** Socket → where it goes. The first is the one that an export reads. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** Output slot → where it comes from; null where we have none. */
  readonly outputs: readonly (string | null)[];
  /** A second way of an output: the mask that belongs to the latent of this slot. */
  readonly masks?: Readonly<Record<number, string>>;
  /** Where the mask that came along with the latent of an input goes: `[socket, part.port]`. */
  readonly takesMask?: readonly [string, string];
  /** An input without a link of its own: the U-Net that the result will be sampled with. */
  readonly needsUnet?: readonly string[];
  /** An input without a link of its own: the latent that the noise will be added to. */
  readonly needsLatent?: readonly string[];
  /** Our parameters from its values. */
  readonly params: (values: Values, context: MappingContext) => Readonly<Record<string, Params>>;
  /** Its values from our parameters, by part; what is left out keeps the value it had or its default. */
  readonly values?: (params: Readonly<Record<string, Params>>) => Values;
  /** Widgets that are one parameter: an instance of a sub-graph may set them. */
  readonly direct?: Readonly<Record<string, string>>;
  /** Whether these values are said differently by our nodes, and how. */
  readonly differs?: (values: Values) => readonly Difference[];
  /** An export may not make this node of our parts when it says no. */
  readonly fits?: (params: Readonly<Record<string, Params>>) => boolean;
  /** Only read, never written: another class of ComfyUI says the same in the usual way. */
  readonly importOnly?: true;
}

/** A node class of ComfyUI: facts of its file format, and our counterpart. */
export interface ComfyClass {
  readonly type: string;
  /** Sockets in their order: name → type. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Widgets in their order with their defaults. */
  readonly widgets: Readonly<Record<string, Json>>;
  /** Widgets followed by the editor's own "control after generate" value. */
  readonly seeds?: readonly string[];
  /** Values of the editor alone, at the end of `widgets_values`; no server sees them. */
  readonly editorOnly?: readonly Json[];
  readonly outputs: readonly string[];
  /** Names of the outputs where they are not their types. */
  readonly outputNames?: readonly string[];
  readonly becomes: Becomes;
  /** Values that our counterpart cannot say: the node is a placeholder then. */
  readonly unlike?: (values: Values) => NeedCode | undefined;
  /** Model files that its values name. */
  readonly models?: (values: Values) => readonly ModelFile[];
  /** A node that makes one value of its values alone: what it makes. */
  readonly constant?: (values: Values) => readonly Json[];
}

/**
 * No node of its own here: it only sets values of the nodes that it feeds, which are added to theirs under
 * these names. It is kept out of sight and written again by an export.
 */
export interface Folded {
  readonly folds: (values: Values) => Values;
  /** What an output hands on: a socket of its own. A wire is seen through to what feeds that. */
  readonly passes?: Readonly<Record<number, string>>;
}
/** What a class becomes here. */
export type Becomes = Mapping | Placeholder | Folded;

/** No counterpart: what would be needed. The sentence is in the catalogue under `interop.needs.<code>`. */
export interface Placeholder {
  readonly needs: NeedCode;
}
export const needCodes = [
  'control-net',
  'lora',
  'upscale-model',
  'clip-vision',
  'style-model',
  'gligen',
  'hypernetwork',
  'model-patch',
  'model-merge',
  'guider',
  'sigmas',
  'value',
  'unknown',
  'video',
  'other-family',
  'image-effect',
  'conditioning',
  'invokeai',
] as const;
export type NeedCode = (typeof needCodes)[number];

export const isPlaceholder = (becomes: Becomes): becomes is Placeholder => 'needs' in becomes;
export const isFolded = (becomes: Becomes): becomes is Folded => 'folds' in becomes;
export const isMapping = (becomes: Becomes): becomes is Mapping => 'parts' in becomes;

/** One of our nodes with the sockets renamed: the common case. */
export function one(
  type: string,
  inputs: Readonly<Record<string, string>>,
  outputs: readonly (string | null)[],
  rest: Omit<Partial<Mapping>, 'parts' | 'inputs' | 'outputs' | 'params' | 'values'> & {
    readonly params?: (values: Values, context: MappingContext) => Params;
    readonly values?: (params: Params) => Values;
  } = {},
): Mapping {
  const { params = () => ({}), values, ...others } = rest;
  return {
    parts: { main: type },
    inputs: Object.fromEntries(Object.entries(inputs).map(([socket, port]) => [socket, [`main.${port}`]])),
    outputs: outputs.map((port) => (port === null ? null : `main.${port}`)),
    params: (given, context) => ({ main: params(given, context) }),
    ...(values && { values: ({ main = {} }) => values(main) }),
    ...others,
  };
}

/** A number among values, or what stands for it. */
export const num = (value: Json | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;
/** A text among values, or what stands for it. */
export const str = (value: Json | undefined, otherwise = ''): string =>
  typeof value === 'string' ? value : otherwise;
/** ComfyUI says yes in three ways. */
export const yes = (value: Json | undefined): boolean =>
  value === true || value === 'enable' || value === 'true';
