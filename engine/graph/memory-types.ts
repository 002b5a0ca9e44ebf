/** How much memory a run will hold, as data. */

/** One step of the estimate, in bytes. */
export interface MemoryStep {
  readonly step: string;
  readonly node: string;
  /** Weights resident while it runs. */
  readonly weights: number;
  /** Values held for later steps, this step's inputs and outputs among them. */
  readonly values: number;
  /** Working memory of the networks it calls. */
  readonly activations: number;
}

export interface MemoryPlan {
  readonly peak: number;
  /** The node at which the peak is reached. */
  readonly at?: string;
  readonly weights: number;
  readonly steps: readonly MemoryStep[];
  /** False when a package or a size was not known, so that the peak is a lower bound. */
  readonly complete: boolean;
}
