/** How much memory a run will hold, as data. All sizes in bytes. */
import type { NetworkName } from '../types/model';

/** One step of the estimate. */
export interface MemoryStep {
  readonly step: string;
  readonly node: string;
  /** Weights resident while it runs. */
  readonly weights: number;
  /** Values held for later steps, this step's inputs and outputs among them. */
  readonly values: number;
  /** Working memory of the largest call that it makes. */
  readonly activations: number;
  /** Held besides while the largest network that it is the first to call is being loaded. */
  readonly loading: number;
  /** Working memory on the device for making their sessions. */
  readonly packing: number;
  /** This step's outputs, which are among `values` too. */
  readonly made: number;
}

/** A network and the first step that needs it. */
export interface PlannedNetwork {
  readonly package: string;
  readonly name: NetworkName;
  readonly step: string;
}

export interface MemoryPlan {
  /** Everything at once, at the worst step. */
  readonly peak: number;
  /** The node at which the peak is reached. */
  readonly at?: string;
  /** Of that, at the worst step, what lies in the device's own memory: wasm's linear memory, or the GPU's. */
  readonly onDevice: number;
  readonly weights: number;
  /** The networks that will be loaded, in the order of the steps that need them first. */
  readonly networks: readonly PlannedNetwork[];
  readonly steps: readonly MemoryStep[];
  /** False when a package or a size was not known, so that the peak is a lower bound. */
  readonly complete: boolean;
}
