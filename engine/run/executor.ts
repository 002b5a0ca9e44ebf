import { LoomError } from '../types/error';
import type { Executor, ExecutorOptions } from './executor-types';

export function createExecutor(_options: ExecutorOptions): Executor {
  throw new LoomError('unsupported', 'Not built yet.');
}
