/** A diagnostic before its mends are searched. */
import type { Diagnostic } from '../types/diagnostics';

export type Finding = Omit<Diagnostic, 'mends'>;

/** The two ends of a wire, as the document names them. */
export interface WireEnds {
  readonly from: { readonly node: string; readonly port: string };
  readonly to: { readonly node: string; readonly port: string };
}
