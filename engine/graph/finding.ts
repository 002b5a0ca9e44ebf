/** A diagnostic before its mends are searched. */
import type { Diagnostic } from '../types/diagnostics';

export type Finding = Omit<Diagnostic, 'mends'>;
