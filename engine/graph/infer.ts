import { LoomError } from '../types/error';
import type { Inference, InferOptions } from './inference';

export function infer(_options: InferOptions): Inference {
  throw new LoomError('unsupported', 'Not built yet.');
}
