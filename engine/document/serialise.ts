import { LoomError } from '../types/error';
import type { LoomDocument } from './schema';

export function serialise(_document: LoomDocument): string {
  throw new LoomError('unsupported', 'Not built yet.');
}
