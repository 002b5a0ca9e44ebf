/** The definition of a node: from it come handles, form, palette entry, documentation, validation and command line. */
import type { z } from 'zod';
import type { BackendInfo } from './backend';
import type { LatentSpaceInfo, NetworkName } from './model';
import type { Recommendation } from './package-facts';
import type { Port } from './define-port';
import type { AnyValue, PortKind, ValueOf } from './kinds';
import type { PortType } from './port';
import type { Runtime } from './runtime';
import type { Tensor } from './tensor';
import type { TypeExpression } from './type-expression';

export type Ports = Readonly<Record<string, Port>>;

type Value<P> = P extends Port<infer K extends PortKind> ? ValueOf[K] : never;
type OptionalKey<P extends Ports> = {
  [K in keyof P]: P[K] extends { readonly optional: true } ? K : never;
}[keyof P];
type LazyKey<P extends Ports> = {
  [K in keyof P]: P[K] extends { readonly lazy: true } ? K : never;
}[keyof P];

/** What `run` gets: required inputs always, optional ones maybe, lazy ones as functions. */
export type Inputs<P extends Ports> = {
  readonly [K in Exclude<keyof P, OptionalKey<P> | LazyKey<P>>]: Value<P[K]>;
} & { readonly [K in Exclude<OptionalKey<P>, LazyKey<P>>]?: Value<P[K]> } & {
  readonly [K in LazyKey<P>]: () => Promise<Value<P[K]> | (K extends OptionalKey<P> ? undefined : never)>;
};
/** What `run` must return: every output. */
export type Outputs<P extends Ports> = { readonly [K in keyof P]: Value<P[K]> };

/** What one network of a package takes on a device, in bytes, as measured when the package was built. */
export interface NetworkMemory {
  /** Resident once loaded and expanded. */
  readonly weights: number;
  /** Held besides while it is being loaded: the stored weights, their expanded copy, and what unpacking takes. */
  readonly loading: number;
  /** Working memory of making the session (packing the weights): the device has held this much beyond the weights before any call. */
  readonly session: number;
  /** Working memory of one call on `pictures` of n latent cells each: `fixed + pictures · perCell · n`; a prompt counts as one cell. */
  readonly fixed: number;
  readonly perCell: number;
  /** Where attention decides, `fixed + pictures · (perCell · n + perPair · n²)`: the larger of both is taken. Absent where nothing grows faster than n. */
  readonly attention?: { readonly perCell: number; readonly perPair: number };
  /** Most that equal calls took over what lives at once, ≥ 1: which gaps of wasm's heap tensors fall into is chance. */
  readonly spread: number;
  /** Cells of one picture of the size that the package is for: taken where only the run will tell the size. */
  readonly cells: number;
}

/** What inference knows of installed packages: the port types that package `id` fixes, by role. */
export interface Catalog {
  /** e.g. `{ unet: PortType, 'first-stage': PortType, conditioner: PortType }`; undefined when not installed. */
  readonly ports: (packageId: string) => Readonly<Record<string, PortType>> | undefined;
  readonly packages: readonly string[];
  /** Ids of the LoRAs that are there. */
  readonly loras?: readonly string[];
  /** Enters cache keys, so that a changed package is never served from the cache. */
  readonly hash: (packageId: string) => string | undefined;
  /** How the package's makers sample it, where they say; the editor's defaults when the package is chosen. */
  readonly recommended?: (packageId: string) => Recommendation | undefined;
  /** Memory by network, for the memory plan; undefined where it was not measured. */
  readonly memory?: (
    packageId: string,
    device: Pick<BackendInfo, 'kind' | 'precision'>,
  ) => Readonly<Partial<Record<NetworkName, NetworkMemory>>> | undefined;
}

/** How far a node has come. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'steps' | 'items';
}

/**
 * One step of a sampling as the sampler saw it: x_t at noise level `sigma` before the
 * step, and the x̂₀ predicted from it. Both [B, C, h, w], borrowed for the call only:
 * the receiver retains what it keeps.
 */
export interface TrajectoryStep {
  /** 0…total−1 within this sampling. */
  readonly step: number;
  readonly total: number;
  readonly sigma: number;
  readonly x: Tensor;
  readonly denoised: Tensor;
  readonly space: LatentSpaceInfo;
}

export interface RunContext<I extends Ports, O extends Ports, S extends z.ZodObject> {
  readonly inputs: Inputs<I>;
  readonly params: z.output<S>;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  /** Shows an unfinished output. The value is borrowed for the call only: the receiver copies what it needs. */
  readonly preview: <K extends keyof O & string>(port: K, value: Outputs<O>[K]) => void;
  /** Present when somebody keeps the trajectory; a sampler then calls it once per step. Reads nothing back. */
  readonly trace?: (step: TrajectoryStep) => void;
  /** Present when somebody takes files (the browser's downloads, the command line's folder): a saving node hands them over. */
  readonly file?: (file: {
    readonly name: string;
    readonly mime: string;
    readonly bytes: Uint8Array;
  }) => void;
}

/** The widgets a parameter may ask for. The editor's are in `app/_editor/form`. */
export const widgetNames = [
  'text',
  'prompt',
  'number',
  'slider',
  'seed',
  'select',
  'switch',
  'package',
  'lora',
  'class',
  'map-painter',
  'mask-painter',
  'image-file',
  'latent-file',
  'schedule-plot',
  'hidden',
] as const;
export type WidgetName = (typeof widgetNames)[number];

/** How a parameter is edited. Put it last in the schema: `.default(…).meta({ widget: … })`. */
export interface ParamHints {
  readonly label?: string;
  readonly widget?: WidgetName;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly unit?: string;
  /** What the options of a choice are called; one without a name is shown as its value, in words. */
  readonly options?: Readonly<Record<string, string>>;
  /** Shown behind a "more" fold. */
  readonly advanced?: boolean;
}
declare module 'zod' {
  interface GlobalMeta extends ParamHints {}
}

export const nodeCategories = [
  'model',
  'conditioning',
  'latent',
  'sampling',
  'first-stage',
  'image',
  'mask',
  'utility',
] as const;
export type NodeCategory = (typeof nodeCategories)[number];

/**
 * Something that parameters and wires may say but that is surely not meant, told while wiring. The catalogues translate
 * `message` by `nodes.<id>.warnings.<name>`, with the same placeholders.
 */
export interface NodeWarning<P> {
  /** English, with `{name}` where a value goes. */
  readonly message: string;
  /** The parameter or input at fault. */
  readonly path?: string;
  readonly port?: string;
  /** `error` where the node's run would refuse it. Default `warning`. */
  readonly severity?: 'error' | 'warning';
  /** Whether it holds, with the values of the placeholders; `connected` tells whether an input gets a value. */
  when(params: P, connected: (input: string) => boolean): boolean | Readonly<Record<string, string | number>>;
}

/** A sentence with `{name}` where a value goes. */
export const fillIn = (sentence: string, values: Readonly<Record<string, string>>): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );

export interface NodeDef<
  I extends Ports = Ports,
  O extends Ports = Ports,
  S extends z.ZodObject = z.ZodObject,
> {
  /** `category/name`, e.g. `sampling/sampler`: never renamed or reused. */
  readonly id: `${string}/${string}`;
  /** Rises when ports, parameters or numerics change. */
  readonly version: number;
  readonly title: string;
  readonly category: NodeCategory;
  /** One paragraph: what it does, in the paper's terms. */
  readonly doc: string;
  /** Names by which users of other tools know it, e.g. `KSampler`. */
  readonly aliases?: readonly string[];
  readonly inputs: I;
  readonly outputs: O;
  readonly params: S;
  /** Old parameters → those of the next version, keyed by the version they come from. Frozen once released. */
  readonly migrate?: Readonly<Record<number, (old: Record<string, unknown>) => Record<string, unknown>>>;
  /** `never`: runs each time (reads a clock or a device). Default `pure`. */
  readonly cache?: 'pure' | 'never';
  /**
   * `free`: reads files and manifests or computes next to nothing, and so runs beside
   * other nodes (a package loads while a prompt is encoded). Default `device`: one at a time.
   */
  readonly queue?: 'device' | 'free';
  /** A node whose result is what the run is for (an image to look at): `Run` computes these. */
  readonly sink?: boolean;
  /** `compare`: the pictures of its two image inputs are shown behind one slider, its parameter `split`. Default: side by side. */
  readonly shows?: 'compare';
  /**
   * For a node that makes a denoiser: how many copies of the batch one evaluation holds
   * (2 with classifier-free guidance). For the memory plan; default 1.
   */
  evaluations?(params: z.output<S>): number;
  /** By name, which stays. */
  readonly warnings?: Readonly<Record<string, NodeWarning<z.output<S>>>>;
  /** Package ids these parameters name: their hashes enter the cache key. */
  packages?(params: z.output<S>): readonly string[];
  /**
   * Port types that parameters or the chosen package make more precise: fields named here
   * replace declared ones, the others stay. Keys: output and input names; a name that is
   * both means the output.
   */
  refine?(params: z.output<S>, catalog: Catalog): Partial<Record<(keyof I | keyof O) & string, PortType>>;
  /**
   * Equations between sizes that parameters settle, by the parameter they come from: `{ width:
   * [mul(v('F'), v('w')), 512] }` where a width is given in pixels. One that cannot hold is that parameter's fault.
   */
  equations?(params: z.output<S>): Readonly<Record<string, readonly [TypeExpression, TypeExpression]>>;
  run(context: RunContext<I, O, S>): Promise<Outputs<O>>;
}

/**
 * Identity with inference: gives `run` exactly the types of its ports and parameters.
 *
 * @example A node that fades a picture; its output is as large as its input.
 * ```ts
 * const size = { batch: v('B'), height: v('H'), width: v('W') };
 * export const fade = defineNode({
 *   id: 'example/fade',
 *   version: 1,
 *   title: 'Fade',
 *   category: 'image',
 *   doc: 'Moves every pixel towards middle grey.',
 *   inputs: { image: port('image', size) },
 *   outputs: { image: port('image', size) },
 *   params: z.object({
 *     by: z.number().min(0).max(1).default(0.5).meta({ widget: 'slider', min: 0, max: 1 }),
 *   }),
 *   async run({ inputs, params, runtime }) {
 *     // Pictures are in −1…1, so that middle grey is 0.
 *     const pixels = runtime.ops.linear([[1 - params.by, inputs.image.pixels]]);
 *     return { image: { kind: 'image', pixels } };
 *   },
 * });
 * ```
 */
export const defineNode = <I extends Ports, O extends Ports, S extends z.ZodObject>(
  definition: NodeDef<I, O, S>,
): NodeDef<I, O, S> => definition;

/**
 * Any node, for registries: its ports and schema are known, the types of its
 * `run` are not. Only the executor calls `run`, after it has parsed parameters
 * with `params` and every input with its port's `value` schema; `never` makes
 * any other call a type error.
 */
export interface AnyNode extends Omit<
  NodeDef,
  'run' | 'packages' | 'refine' | 'evaluations' | 'equations' | 'warnings'
> {
  readonly warnings?: Readonly<Record<string, NodeWarning<never>>>;
  evaluations?(params: never): number;
  packages?(params: never): readonly string[];
  refine?(params: never, catalog: Catalog): Partial<Record<string, PortType>>;
  equations?(params: never): Readonly<Record<string, readonly [TypeExpression, TypeExpression]>>;
  run(context: never): Promise<Readonly<Record<string, AnyValue>>>;
}

/** The nodes an engine knows, by id. */
export interface NodeRegistry {
  get(id: string): AnyNode | undefined;
  all(): readonly AnyNode[];
}
