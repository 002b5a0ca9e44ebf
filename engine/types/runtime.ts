/** What a node may use of the machine it runs on. Everything else is out of reach. */
import type { ModelSource } from './model';
import type { TensorOps } from './tensor';

/** Pictures in and out of bytes. Provided by the place the engine runs in (browser or Node). */
export interface ImageCodec {
  /**
   * A picture's file → 8-bit sRGB with straight alpha, row by row from the top: Exif orientation and colour profile
   * applied, colours under transparent pixels kept. Throws `bad-input`, `unsupported`, `too-large`.
   */
  decode(bytes: Uint8Array): Promise<{ width: number; height: number; rgba: Uint8Array }>;
  /**
   * An 8-bit palette or greyscale PNG → its raw pixel values, no colour applied: the
   * label indices of a painted map. Throws `bad-input` for any other picture.
   */
  decodeIndices(bytes: Uint8Array): Promise<{ width: number; height: number; indices: Uint8Array }>;
}

/** Files a document refers to by content: pasted pictures, painted maps. */
export interface AssetSource {
  /** Bytes of the asset with this SHA-256 (hex) or data URL. Throws `file-missing`. */
  read(reference: string): Promise<Uint8Array>;
}

export interface Runtime {
  readonly backend: 'webgpu' | 'wasm';
  /** What sessions compute in. Latents on edges are float32 either way. */
  readonly precision: 'fp16' | 'fp32';
  /** Arithmetic whose results belong to this node's run. */
  readonly ops: TensorOps;
  readonly models: ModelSource;
  readonly images: ImageCodec;
  readonly assets: AssetSource;
}
