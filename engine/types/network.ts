/**
 * A network of the family (U-Net, autoencoder, text encoder) as data: one
 * description, two targets. `engine/onnx/` writes it as an ONNX graph for
 * onnxruntime, `engine/webgpu/` plans kernels of our own from it. `models/networks/`
 * makes descriptions from configs.
 *
 * Values have one of three forms and no other:
 * maps [B, C, H, W], tokens [B, N, C], vectors [B, C]. Ids are [B, N] int32.
 * Sizes other than channels are not part of a description: they follow from the
 * inputs' sizes (`engine/network/shapes.ts`), so one description serves every
 * size and batch.
 */

/** Names a value: an input, or the output of exactly one op. Unique within a description. */
export type ValueId = string;

/**
 * A weight as the ops want it, and where it lies in the person's file. The
 * element order is the file's; only what is said here is changed.
 */
export interface WeightRef {
  /** The tensor's name in the file, untouched: LoRA and other deltas find it by this name. */
  readonly name: string;
  /** Shape as the op uses it, after `rows` and `transposed`. Ones may differ from the file's, e.g. [C, C] for [C, C, 1, 1]. */
  readonly shape: readonly number[];
  /** Takes rows start…start+count−1 of the file's first axis: packed `in_proj` weights. Contiguous bytes. */
  readonly rows?: { readonly start: number; readonly count: number };
  /** The file holds the last two axes the other way round ([in, out] for a linear layer). */
  readonly transposed?: boolean;
}

/** A dimension of an input: a number, or a symbol whose value comes with the first call. */
export type InputDim = number | 'batch' | 'height' | 'width' | 'sequence';

export interface NetworkInput {
  readonly name: ValueId;
  readonly dtype: 'float32' | 'int32';
  /** [batch, C, height, width], [batch, sequence, C], [batch, C], [batch] or [batch, sequence] (ids). */
  readonly dims: readonly InputDim[];
  /** Height and width must be multiples of this (1 where it does not matter). */
  readonly multipleOf?: number;
}

export interface NetworkOutput {
  readonly name: string;
  readonly value: ValueId;
}

export type Activation = 'silu' | 'gelu' | 'gelu-tanh' | 'quick-gelu' | 'relu' | 'tanh' | 'sigmoid';

/** One operation. `out` is the value it makes; its inputs were made before it. */
export type NetworkOp = { readonly out: ValueId } & (
  | {
      /** Cross-correlation of a map. Weight [out, in, kh, kw]; padding top, left, bottom, right (zeros). */
      readonly op: 'conv2d';
      readonly x: ValueId;
      readonly weight: WeightRef;
      readonly bias?: WeightRef;
      readonly stride: 1 | 2;
      readonly padding: readonly [number, number, number, number];
    }
  /** y = x·Wᵀ + b on the last axis of tokens or vectors. Weight [out, in]. */
  | { readonly op: 'linear'; readonly x: ValueId; readonly weight: WeightRef; readonly bias?: WeightRef }
  /** Group normalisation of a map (arXiv 1803.08494). */
  | {
      readonly op: 'group-norm';
      readonly x: ValueId;
      readonly weight: WeightRef;
      readonly bias: WeightRef;
      readonly groups: number;
      readonly eps: number;
    }
  /** Layer normalisation over the last axis of tokens. */
  | {
      readonly op: 'layer-norm';
      readonly x: ValueId;
      readonly weight: WeightRef;
      readonly bias: WeightRef;
      readonly eps: number;
    }
  | { readonly op: 'activation'; readonly x: ValueId; readonly kind: Activation }
  /** Halves [h, g] of the last axis of tokens → h · gelu(g) (arXiv 2002.05202; gelu exact). */
  | { readonly op: 'geglu'; readonly x: ValueId }
  /** Element-wise sum of two values of one shape. */
  | { readonly op: 'add'; readonly a: ValueId; readonly b: ValueId }
  /** Map + vector: the vector [B, C] is added to every pixel. */
  | { readonly op: 'add-vector'; readonly x: ValueId; readonly vector: ValueId }
  /** Tokens + rows 0…N−1 of a learned table [M, C], N ≤ M. */
  | { readonly op: 'add-positions'; readonly x: ValueId; readonly table: WeightRef }
  /** x·scale + shift. */
  | { readonly op: 'affine'; readonly x: ValueId; readonly scale: number; readonly shift: number }
  | { readonly op: 'clamp'; readonly x: ValueId; readonly low: number; readonly high: number }
  /** Joins along channels (maps: axis 1; tokens and vectors: the last). */
  | { readonly op: 'concat'; readonly xs: readonly ValueId[] }
  /** Joins tokens along the sequence. */
  | { readonly op: 'concat-sequence'; readonly xs: readonly ValueId[] }
  /** Channels start…start+count−1. */
  | { readonly op: 'slice'; readonly x: ValueId; readonly start: number; readonly count: number }
  /** Nearest neighbour ×2 of a map. */
  | { readonly op: 'upsample'; readonly x: ValueId }
  /** [B, C·r², H, W] → [B, C, r·H, r·W], channel order of PyTorch's `pixel_shuffle`. */
  | { readonly op: 'pixel-shuffle'; readonly x: ValueId; readonly factor: number }
  /** Map → tokens [B, H·W, C], row by row. */
  | { readonly op: 'to-tokens'; readonly x: ValueId }
  /** Tokens → a map of the height and width of `like`. */
  | { readonly op: 'to-map'; readonly x: ValueId; readonly like: ValueId }
  /**
   * softmax(Q·Kᵀ/√d)·V for each head, d = C / heads; heads lie one behind the other in the channels.
   * V may be wider or narrower than Q and K; the result is as wide as V.
   */
  | {
      readonly op: 'attention';
      readonly q: ValueId;
      readonly k: ValueId;
      readonly v: ValueId;
      readonly heads: number;
      /** Token i sees tokens 0…i only. */
      readonly causal: boolean;
    }
  /**
   * [B] timesteps → [B, channels]: cosines and sines of t·period^(−i/(half−shift)).
   * `order` says which half comes first (diffusers' `flip_sin_to_cos` is 'cos-sin').
   */
  | {
      readonly op: 'timestep-embedding';
      readonly t: ValueId;
      readonly channels: number;
      readonly order: 'cos-sin' | 'sin-cos';
      readonly shift: number;
      readonly period: number;
    }
  /** The timestep embedding of each of the k numbers of [B, k], side by side: [B, k·channels] (SDXL's `time_ids`). */
  | {
      readonly op: 'number-embedding';
      readonly x: ValueId;
      readonly channels: number;
      readonly order: 'cos-sin' | 'sin-cos';
      readonly shift: number;
      readonly period: number;
    }
  /** Ids [B, N] → tokens, ids [B] → vectors: rows of a table [V, C]. */
  | { readonly op: 'embedding'; readonly ids: ValueId; readonly table: WeightRef }
  /**
   * Tokens → the vector at one position of each element: the first occurrence of
   * token `id`, or of the largest id where `id` is undefined (CLIP's pooling).
   */
  | { readonly op: 'pool-token'; readonly x: ValueId; readonly ids: ValueId; readonly id?: number }
  /** Each cell of a map → the nearest row of a codebook [K, C] (paper §3.1). */
  | { readonly op: 'quantise'; readonly x: ValueId; readonly codebook: WeightRef }
);

/** A whole network. Ops are in topological order. */
export interface NetworkDescription {
  readonly name: string;
  readonly inputs: readonly NetworkInput[];
  readonly outputs: readonly NetworkOutput[];
  readonly ops: readonly NetworkOp[];
}

/** How the numbers of a weight lie in a file. `int8-channels` is our storage: w ≈ q·scale, q in −127…127, one scale per channel. */
export type WeightDType = 'float32' | 'float16' | 'bfloat16' | 'int8-channels';

/** Where a tensor lies: `offset` and `bytes` within `file`. */
export interface WeightEntry {
  readonly name: string;
  readonly dtype: WeightDType;
  readonly shape: readonly number[];
  readonly file: number;
  readonly offset: number;
  readonly bytes: number;
  /** The bytes lie in no file: only `read` makes them (a LoRA added to a weight). `file` and `offset` mean nothing then. */
  readonly computed?: true;
  /** `int8-channels` only: the scale of each index along `axis` of the shape. */
  readonly channels?: { readonly axis: number; readonly scales: Float32Array };
}

/**
 * The weights of a network: a directory and a way to read slices. Never holds
 * whole files; a file may be a `Blob` (a dropped file, OPFS) or bytes in memory.
 */
export interface WeightStore {
  readonly entries: ReadonlyMap<string, WeightEntry>;
  /** The files that entries point into, in order: handed to onnxruntime as external data. */
  readonly files: readonly { readonly path: string; readonly data: Uint8Array | Blob }[];
  /** The bytes of one tensor as stored. Throws `package-missing` when the file is gone, `package-invalid` when it is cut. */
  read(name: string, signal?: AbortSignal): Promise<Uint8Array>;
}
