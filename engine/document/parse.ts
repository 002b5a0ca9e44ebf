import { LoomError } from '../types/error';
import type { LoomDocument } from './schema';

/** Something a reader of the file should know: it was migrated, repaired, or holds what this version does not know. */
export interface DocumentNotice {
  readonly code: 'migrated' | 'repaired' | 'unknown-definition';
  readonly message: string;
  readonly path?: string;
}
export function parseDocument(_input: unknown): {
  document: LoomDocument;
  notices: readonly DocumentNotice[];
} {
  throw new LoomError('unsupported', 'Not built yet.');
}
