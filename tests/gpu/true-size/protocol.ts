/** What the page asks of its worker about a checkpoint, and what comes back. */
export interface Job {
  readonly file: File;
  /** Names the results. */
  readonly name: string;
  readonly kernels: 'own' | 'onnxruntime';
  readonly precision: 'auto' | 'fp32';
  readonly prefer: 'webgpu' | 'wasm';
  readonly steps: number;
  /** Pixels; 0 takes the size that the model was trained at. */
  readonly side: number;
}

/**
 * `mark`: a part of the work begins; `line`: a figure; `values`: numbers to keep under a name.
 * The last is `done`.
 */
export type Reply =
  | { readonly mark: string }
  | { readonly line: Readonly<Record<string, unknown>> }
  | { readonly values: Float32Array; readonly what: 'latent' | 'picture' }
  | { readonly done: boolean };
