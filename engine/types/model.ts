/**
 * What nodes may ask of a model package. Implemented in `models/`, handed to
 * nodes by the runtime, so that neither imports the other.
 */
import type { ImageChannels, PackageFact, Recommendation } from './package-facts';
import type { Tensor, TensorOps } from './tensor';

/**
 * The networks of a package: text encoder, U-Net, and the two halves of the first
 * stage. Class embeddings, maps and codebooks take next to nothing.
 */
export type NetworkName = 'text' | 'unet' | 'encoder' | 'decoder';

/** Reports bytes while a part is fetched, verified and expanded. */
export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}
/** Options of a call that makes tensors: they belong to the scope of `ops`. Loads weights on first use. */
export interface CallOptions extends LoadOptions {
  readonly ops: TensorOps;
}

/** β schedule and parameterisation a U-Net was trained with. */
export interface DiffusionInfo {
  readonly prediction: 'epsilon' | 'v' | 'sample';
  /** ᾱ_t for t = 0…T−1 (Ho et al. 2006.11239, eq. 4), descending from near 1. */
  readonly alphasCumprod: Float64Array;
}

/** A latent space: the identity and shape of what one first stage makes. */
export interface LatentSpaceInfo {
  /** Nominal identity, e.g. `loom-kl-f8`. Equal shapes do not make two spaces interchangeable. */
  readonly space: string;
  readonly channels: number;
  /** Pixels per latent cell along each axis. */
  readonly factor: number;
  /** The one size, in latent cells, that the package's networks take; undefined where they take many. */
  readonly only?: { readonly height: number; readonly width: number } | undefined;
  /** Linear latent → RGB in 0…1: `rgb = bias + weightᵀ·z`, weight [channels][3]. For previews and the inspector. */
  readonly rgb: { readonly weight: readonly (readonly number[])[]; readonly bias: readonly number[] };
}

/** A set of semantic-map classes and how to paint them. */
export interface LabelSet {
  readonly id: string;
  /** Index in the map = index here. Entry 0 is "none". */
  readonly labels: readonly { readonly name: string; readonly color: string }[];
}

export interface Token {
  readonly id: number;
  readonly text: string;
  readonly known: boolean;
  /** Padding or another token that stands for no word of the prompt. */
  readonly special: boolean;
  /** How much it counts, where that is not 1. */
  readonly weight?: number;
}

/** How a prompt was cut into tokens. */
export interface TokenView {
  /** Without the marks of beginning and end that an encoder may want around them. */
  readonly tokens: readonly Token[];
  /** How many tokens of a prompt the encoder takes; of all chunks together where it is chunked. */
  readonly limit: number;
  /** What did not fit, as text; empty when everything did. */
  readonly overflow: string;
}

/** How a prompt is read. */
export interface PromptOptions {
  /** A prompt longer than the encoder takes: cut it, or encode it in chunks that are joined along the sequence. Default `cut`. */
  readonly tooLong?: 'cut' | 'chunk';
  /**
   * `(a cat:1.2)`, `(a cat)` (× 1.1), `[a cat]` (÷ 1.1), `\(` for a bracket itself. `off`: brackets are text.
   * `scale`: each token's embedding times its weight, then the whole brought back to its mean (AUTOMATIC1111).
   * `interpolate`: between the empty prompt's embedding and its own (ComfyUI, compel). Default `off`.
   */
  readonly weights?: 'off' | 'scale' | 'interpolate';
  /** Takes the context from an earlier layer of the encoder: 1 = one layer earlier than usual. Default 0. */
  readonly clipSkip?: number;
}

/** What a prompt becomes. */
export interface EncodedText {
  /** [B, S, width] float32; S is the encoder's length, or a multiple of it where prompts are chunked. */
  readonly context: Tensor;
  /** Pooled vector [B, V] float32, where the U-Net wants one (SDXL). */
  readonly vector?: Tensor;
}

/** Text → cross-attention context. */
export interface TextEncoder {
  readonly width: number;
  /** Sequence length of one chunk's context. */
  readonly length: number;
  /** Whether prompts longer than one chunk can be encoded in several. Default false. */
  readonly chunks?: boolean;
  tokenize(prompt: string, options?: PromptOptions): Promise<TokenView>;
  /**
   * The empty string is the null prompt. Prompts of unequal numbers of chunks are filled up
   * with empty ones. Throws `unsupported` where the package cannot do what the options ask for.
   */
  encode(prompts: readonly string[], options: CallOptions & PromptOptions): Promise<EncodedText>;
  /** What stands for a prompt that is not wired, batch 1; the encoded empty prompt where left out. */
  encodeNull?(options: CallOptions): Promise<EncodedText>;
}

/** Class label → cross-attention context. */
export interface ClassEmbedder {
  readonly width: number;
  readonly classes: readonly string[];
  /** [B, 1, width] float32; `null` is the learned null class. */
  encode(classes: readonly (number | null)[], options: CallOptions): Promise<Tensor>;
}

/** Semantic map → channels concatenated to the latent. */
export interface MapEncoder {
  readonly labels: LabelSet;
  readonly channels: number;
  /** indices uint8 [B, H, W] (pixels) → one-hot [B, channels, h, w] float32 at latent size; `null` is all zeros. */
  encode(
    map: Tensor | null,
    size: { readonly batch: number; readonly height: number; readonly width: number },
    options: CallOptions,
  ): Promise<Tensor>;
}

/** A LoRA's file, opened by {@link ModelSource.lora}: its names and shapes are known, its matrices stay where they lie. */
export interface LoraFile {
  readonly id: string;
}

/** What a LoRA did to a network, or to text encoders. */
export interface LoraReport {
  readonly id: string;
  readonly strength: number;
  /** Weights that it changed. */
  readonly applied: number;
  /** Modules of the file that could not be applied, as the file names them, and why; those of other networks are not among them. */
  readonly left: readonly { readonly module: string; readonly why: string }[];
}

/** What a LoRA can be added to (arXiv 2106.09685): W' = W + strength · (alpha / rank) · B·A. */
export interface Adaptable<T> {
  /**
   * The same with a LoRA added to its weights, any number in a row; nothing is loaded before the first call. Strength 0
   * gives the very same. Absent where weights have no names of their own (graphs that came with the model).
   * Throws `bad-input` for a LoRA none of whose modules the model has, `unsupported` for one of another method alone.
   */
  withLora?(lora: LoraFile, strength: number, options: LoadOptions): Promise<T>;
  /** What LoRAs were added, in this order. */
  readonly loras?: readonly LoraReport[];
}

/** The conditioning encoders of a package. A part it lacks is undefined. */
export interface Conditioner extends Adaptable<Conditioner> {
  readonly id: string;
  readonly text?: TextEncoder;
  readonly classes?: ClassEmbedder;
  readonly map?: MapEncoder;
}

/** Inputs that only some U-Nets take. */
export interface UNetInputs {
  /** Pooled text vector [B, vectorWidth]. */
  readonly vector?: Tensor;
  /** [B, sizeNumbers]: original height and width, top and left of the crop, target height and width, in pixels. */
  readonly sizes?: Tensor;
  /** Embedded guidance w, where `guidance` is `embedded`. */
  readonly guidance?: number;
}

/** The raw network ε_θ, v_θ or x_θ. */
export interface UNet extends Adaptable<UNet> {
  readonly space: LatentSpaceInfo;
  readonly diffusion: DiffusionInfo;
  /** Identity of the conditioner whose embeddings it understands. */
  readonly conditioner: Conditioner;
  /** Latent size it was trained at, in cells. */
  readonly nativeSize: { readonly height: number; readonly width: number };
  /** Latent height and width must be multiples of this. */
  readonly multipleOf: number;
  /** Channels after the latent's own that are concatenated to the input. */
  readonly concatChannels: number;
  /** Cross-attention context length is free; width is this. 0 where it has no cross-attention. */
  readonly contextWidth: number;
  /** `embedded`: guidance is an input, and one evaluation makes a step. Default `cfg`. */
  readonly guidance?: 'cfg' | 'embedded';
  /** What its concatenated channels are, where they are a picture's; any order of latent and mask where left out. */
  readonly image?: ImageChannels;
  /** What latents on wires were multiplied by, where it takes an image's latent without that. */
  readonly latentScale?: number;
  /** Width of the pooled text vector it takes; absent where it takes none. */
  readonly vectorWidth?: number;
  /** How many numbers about sizes and crops it takes; absent where none. */
  readonly sizeNumbers?: number;
  /** How its makers sample it. */
  readonly recommended?: Recommendation;
  load(options: LoadOptions): Promise<void>;
  /**
   * One call of the network. sample [B, channels + concatChannels, h, w],
   * timesteps of length B in 0…T−1 (may be fractional), context [B, S, contextWidth].
   * Returns [B, channels, h, w]. Cannot be interrupted once begun.
   */
  call(
    sample: Tensor,
    timesteps: readonly number[],
    context: Tensor,
    options: CallOptions & UNetInputs,
  ): Promise<Tensor>;
}

/** An autoencoder. Latents on edges are normalised: scale and shift are applied in here. */
export interface FirstStage {
  readonly type: 'kl' | 'vq';
  readonly space: LatentSpaceInfo;
  /** VQ only: [entries, channels] in the units of the latent on the edge. */
  readonly codebook?: { readonly entries: number; readonly vectors: Float32Array };
  /** image [B, 3, H, W] in −1…1. KL: mean and log-variance of the posterior; VQ: the un-quantised latent as `mean`. */
  encode(image: Tensor, options: CallOptions): Promise<{ mean: Tensor; logVariance?: Tensor }>;
  /** latent [B, C, h, w] → image [B, 3, H, W] in −1…1, clamped. VQ: quantised first, as the decoder absorbs that layer (paper §3.1). */
  decode(latent: Tensor, options: CallOptions): Promise<Tensor>;
}

/** An opened model package. Opening reads only the description; weights are loaded by the first call that needs them. */
export interface ModelPackage {
  readonly id: string;
  /** SHA-256 over the description: changes when any file of the package does. */
  readonly hash: string;
  readonly conditioner: Conditioner;
  readonly unet?: UNet;
  readonly firstStage: FirstStage;
  /** What is known of it and from where. */
  readonly facts?: readonly PackageFact[];
}

/** Where nodes get packages from. */
export interface ModelSource {
  /** Throws `package-missing` or `package-invalid`. */
  open(id: string, options: LoadOptions): Promise<ModelPackage>;
  /** A LoRA among the person's files. Throws `file-missing`, `package-invalid`, `file-truncated`. */
  lora?(id: string, options: LoadOptions): Promise<LoraFile>;
  /** The latent space with this identity, if any known package makes it. */
  space(id: string): LatentSpaceInfo | undefined;
  /**
   * Begins to fetch the files of networks that will be needed, one after the other. Never
   * throws. Once the signal aborts, what nobody has taken is let go.
   */
  prefetch?(
    networks: readonly { readonly package: string; readonly name: NetworkName }[],
    options: { readonly signal: AbortSignal },
  ): void;
}
