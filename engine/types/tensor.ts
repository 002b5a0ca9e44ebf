/** Tensors and the arithmetic that nodes may do on them, independent of where they live. */

/** Element types that cross node boundaries. Half precision exists only inside sessions. */
export type DType = 'float32' | 'int32' | 'int64' | 'uint8';
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/**
 * An n-dimensional array, row-major, on the CPU or in a GPU buffer.
 *
 * Ownership is counted: whoever makes or retains a tensor releases it once.
 * Tensors made through a node's `runtime.ops` belong to that node's run; the
 * executor retains what the node returns and releases the rest when the run
 * ends, however it ends. A long loop should release its temporaries itself.
 */
export interface Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly location: 'cpu' | 'gpu';
  readonly bytes: number;
  readonly disposed: boolean;
  /** Copies the contents to the CPU. Throws a `LoomError` when disposed or the device is lost. */
  read(): Promise<TensorData>;
  /** Adds an owner. */
  retain(): this;
  /** Removes an owner; the last one frees the memory. Releasing more often than owned throws. */
  release(): void;
}

/** One term of a weighted sum: `scale · x`. */
export type WeightedTensor = readonly [scale: number, x: Tensor];

/**
 * Generators that noise is drawn from: *philox* is ours (counter-based, the same on every machine, each
 * element on its own); the others give what `torch.randn` gives on a CPU and on CUDA, for the pictures of other tools.
 */
export const noiseGenerators = ['philox', 'torch-cpu', 'torch-cuda'] as const;
export type NoiseGenerator = (typeof noiseGenerators)[number];

/** Names one draw of noise. */
export interface NoiseSource {
  /** Unsigned 64-bit seed. */
  readonly seed: bigint;
  /**
   * 0 = initial noise; k ≥ 1 = the noise a stochastic sampler injects at its k-th draw. A torch generator has a state:
   * there it is the number of calls of the same size before this one.
   */
  readonly stream: number;
  /** Index of the first batch element, so that element k of a batch can be made alone. Default 0. */
  readonly firstElement?: number;
  /** Default *philox*. */
  readonly generator?: NoiseGenerator;
  /** For torch's generators: *one* call draws the whole batch (ComfyUI, diffusers), or *each* element k has seed + k (A1111). Default *one*. */
  readonly seeds?: 'one' | 'each';
}

/** How {@link TensorOps.resize} samples. */
export type ResizeMode = 'nearest' | 'bilinear' | 'bicubic' | 'area';

/**
 * Float32 arithmetic where the tensor lives: WGSL kernels on onnxruntime's
 * device on WebGPU, typed arrays on wasm. Both agree to 1e-6 relative.
 * Operands must be float32 and on this backend; shapes must match exactly
 * except where said. Every result is a new tensor owned by the caller's scope.
 */
export interface TensorOps {
  /** A child scope: what is made through its `ops` is released together, unless retained. */
  scope(): TensorScope;
  /** Makes a tensor from CPU data (copied). */
  from(data: TensorData, dims: readonly number[]): Tensor;
  /** A constant float32 tensor. */
  full(dims: readonly number[], value: number): Tensor;
  /** Σᵢ scaleᵢ·xᵢ, all of one shape. At least one term. */
  linear(terms: readonly WeightedTensor[]): Tensor;
  /** Element-wise product; `b` may have 1 channel and/or 1 batch element (broadcast). */
  multiply(a: Tensor, b: Tensor): Tensor;
  /** a·(1 − mask) + b·mask; mask [1|B, 1|C, h, w]. */
  blend(a: Tensor, b: Tensor, mask: Tensor): Tensor;
  /** Clamps every element to lo…hi. */
  clamp(x: Tensor, lo: number, hi: number): Tensor;
  /** Standard normal noise; the same bits on every backend. dims[0] is the batch. */
  noise(dims: readonly number[], source: NoiseSource): Tensor;
  /** Joins along one axis. */
  concat(xs: readonly Tensor[], axis: number): Tensor;
  /** Elements start…end−1 along one axis. */
  slice(x: Tensor, axis: number, start: number, end: number): Tensor;
  /** Mean and (population) standard deviation of each batch element. Reads back. */
  stats(x: Tensor): Promise<readonly { mean: number; std: number; min: number; max: number; nan: number }[]>;
  /** Each batch element of x scaled to the standard deviation of its twin in `like`, then mixed: phi·scaled + (1−phi)·x (Lin et al. 2305.08891, §3.4). */
  rescale(x: Tensor, like: Tensor, phi: number): Tensor;
  /** Resizes the last two axes of an NCHW tensor. */
  resize(x: Tensor, height: number, width: number, mode: ResizeMode): Tensor;
  /** Flips an axis. */
  flip(x: Tensor, axis: number): Tensor;
  /** Pads the last two axes; negative values crop. */
  pad(x: Tensor, by: { top: number; bottom: number; left: number; right: number }, value: number): Tensor;
}

/** Owns the tensors made through its `ops`. */
export interface TensorScope {
  readonly ops: TensorOps;
  /**
   * Hands a tensor that this scope made to the scope it is a child of, so that
   * it outlives this one: the way to carry a loop's state from step to step
   * without leaking it when the loop throws. Does nothing on a root scope.
   */
  keep<T extends Tensor>(tensor: T): T;
  /** Drops this scope's ownership of everything it made. Idempotent. */
  release(): void;
}
