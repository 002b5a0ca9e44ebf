/**
 * The machine under the engine: tensor arithmetic and inference sessions on
 * one device. Implemented once in `engine/tensor/`; `models/` builds its
 * networks on it; nodes see only what {@link Runtime} shows.
 */
import type { NetworkDescription, WeightStore } from './network';
import type { Tensor, TensorOps, TensorScope } from './tensor';

/** Raw bytes of an ONNX graph and the external data it names, in memory or as files that are read slice by slice. */
export interface GraphSource {
  readonly name: string;
  readonly model: Uint8Array;
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array | Blob }[];
}

/**
 * A network as data, with its weights. The backend decides what it is computed
 * by: an ONNX graph that it writes, or kernels of our own. The session's ports
 * are the description's inputs and outputs, by name.
 */
export interface NetworkSource {
  readonly name: string;
  readonly description: NetworkDescription;
  readonly weights: WeightStore;
  /** What is computed in, whatever the weights are stored in. Inputs and outputs are float32 either way. */
  readonly precision: 'fp16' | 'fp32';
}

export interface SessionOptions {
  /** Symbolic dimensions to fix, e.g. `{ batch: 2 }`; folds shape arithmetic and allows graph capture. */
  readonly freeDimensions?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
}

/** One input or output as the graph declares it. Symbolic dimensions are strings. */
export interface SessionPort {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** A network ready to run. Float inputs are given and returned as float32; half precision is converted inside. */
export interface Session {
  readonly name: string;
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  /** Results belong to the scope of `ops`. Calls on one device are queued. */
  run(feeds: Readonly<Record<string, Tensor>>, ops: TensorOps): Promise<Readonly<Record<string, Tensor>>>;
  dispose(): Promise<void>;
}

/** Why this backend was chosen, and why not a better one; shown in the interface. */
export interface BackendInfo {
  readonly kind: 'webgpu' | 'wasm';
  /** Which of a package's graphs to load. */
  readonly precision: 'fp16' | 'fp32';
  /** e.g. vendor and architecture of the adapter, or the number of wasm threads. */
  readonly device: string;
  /** External data given as a `Blob` are read tensor by tensor, never as a whole (onnxruntime-web's JSPI build). */
  readonly streams?: boolean;
  /** WebGPU: kernels may compute in half precision (`shader-f16`). wasm always takes such graphs. */
  readonly half?: boolean;
  /** Bytes of memory that the device says it has; undefined where it says nothing. */
  readonly memory?: number;
  /** Stable reasons why a better choice was not available. */
  readonly limits: readonly (
    | 'no-webgpu'
    | 'no-adapter'
    /** There is an adapter, but it computes on the CPU: wasm is faster. */
    | 'software-adapter'
    | 'no-shader-f16'
    | 'no-threads'
    /** Kernels of our own computed something wrong, or not at all, in their self-test: onnxruntime runs networks. */
    | 'own-kernels'
    | 'forced'
  )[];
}

export interface Backend {
  readonly info: BackendInfo;
  /** A fresh root scope. */
  scope(): TensorScope;
  /** A description becomes an ONNX graph. */
  createSession(source: GraphSource | NetworkSource, options?: SessionOptions): Promise<Session>;
  /**
   * Whether networks given as descriptions run in kernels of our own; absent where they become ONNX graphs
   * (wasm). A package that has both gives a description to one and its graph to the other.
   */
  readonly ownKernels?: boolean;
  /**
   * Whether these kernels passed their self-test; never rejects. Where they did not, descriptions become ONNX
   * graphs after all, and `info.limits` says `own-kernels` from then on.
   */
  readonly selfTest?: Promise<boolean>;
  /** Tensors and sessions alive now: leak tests compare before and after. */
  live(): { readonly tensors: number; readonly bytes: number; readonly sessions: number };
  /** Settles with the reason when the device is lost. Never rejects. */
  readonly lost: Promise<string>;
  dispose(): Promise<void>;
}
