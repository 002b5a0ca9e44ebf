import type { Mend } from '../types/diagnostics';
import type { Finding } from './finding';
import type { Inference } from './inference';

export function mendsFor(finding: Finding, _inference: Inference): readonly Mend[] {
  return finding.edge === undefined ? [] : [{ kind: 'remove-edge', edge: finding.edge }];
}
