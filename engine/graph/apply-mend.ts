import { LoomError } from '../types/error';
import type { LoomDocument } from '../document/schema';
import type { Mend } from '../types/diagnostics';
import type { NodeRegistry } from '../types/node';

export function applyMend(_draft: LoomDocument, _mend: Mend, _registry: NodeRegistry): void {
  throw new LoomError('unsupported', 'Not built yet.');
}
