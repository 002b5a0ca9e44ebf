/** What an import or export did to each node, as data: the dialog and the command line word it. */
import type { Difference, ModelFile, NeedCode } from './mapping/types';

export type Outcome = 'exact' | 'nearly' | 'placeholder';

/** One node of the file. */
export interface NodeReport {
  /** Its id there, with the ids of the sub-graphs it stands in: `3`, `12:3`. */
  readonly id: string;
  /** Its class there. */
  readonly type: string;
  readonly title?: string;
  /** Our node that stands for it (or the one that could not be written): a path through sub-graphs. */
  readonly node?: string;
  readonly outcome: Outcome;
  /** `nearly`: how it differs. */
  readonly differences: readonly Difference[];
  /** `placeholder`: what would be needed. */
  readonly needs?: NeedCode;
}

export type GraphSource = 'comfy-workflow' | 'comfy-prompt' | 'a1111' | 'invokeai';

/** The whole file. */
export interface ImportReport {
  readonly source: GraphSource;
  readonly nodes: readonly NodeReport[];
  /** Model files that the graph names and no package here stands for, each once. */
  readonly missing: readonly (ModelFile & { readonly nodes: readonly string[] })[];
  /** Entries of the file that are no nodes or links at all and were left out. */
  readonly dropped: number;
}

/** How many nodes came out how. */
export function countOutcomes(report: Pick<ImportReport, 'nodes'>): Readonly<Record<Outcome, number>> {
  const counts = { exact: 0, nearly: 0, placeholder: 0 };
  for (const { outcome } of report.nodes) counts[outcome] += 1;
  return counts;
}
