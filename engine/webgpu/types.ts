/** What a plan is made of: places in GPU memory, views of them, and dispatches over them. */

/** A stretch of GPU memory that one dispatch writes and others read. Which buffer it gets is decided when all is planned. */
export interface Slot {
  readonly label: string;
  /** Bytes needed; known when the plan is lowered. */
  bytes: number;
  /** Set for memory that outlives a run (weights, inputs, outputs); other slots share buffers by lifetime. */
  fixed?: GPUBuffer;
}

/**
 * A value as it lies in memory: rows of channels (NHWC), rows of one element of
 * the batch together. Lanes between `channels` and the next multiple of four
 * hold zeros wherever a view is `aligned`.
 */
export interface View {
  readonly slot: Slot;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Floats from one row to the next. */
  readonly pitch: number;
  /** Floats before the first channel of a row. */
  readonly offset: number;
  /** Per-channel sums of this very view, where its producer left them. */
  readonly sums?: Sums;
}

/** Σx and Σx² of each channel, [batch, chunks, 2, channels]: rows are summed in `chunks` stretches. */
export interface Sums {
  readonly slot: Slot;
  chunks: number;
}

/** One call of one kernel. `buffers[i]` is binding i; the first `writes` of them are written. */
export interface Dispatch {
  readonly label: string;
  readonly code: string;
  readonly buffers: readonly Slot[];
  readonly writes: number;
  /** Workgroups in all. */
  readonly groups: number;
  /** Multiplications and additions, for benches. */
  readonly flops: number;
}

/** What the device allows a kernel. */
export interface Limits {
  readonly workgroupBytes: number;
  readonly threads: number;
  readonly buffers: number;
  readonly bindingBytes: number;
}

export const round4 = (n: number): number => Math.ceil(n / 4) * 4;
export const rowsOf = ({ height, width }: View): number => height * width;
/** Whether vectors of four channels can be read: starts and rows are multiples of four floats. */
export const aligned = ({ pitch, offset }: View): boolean => pitch % 4 === 0 && offset % 4 === 0;
