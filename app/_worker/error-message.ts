/** Errors on their way through the worker's entry. */
import type { LoomError } from '@/engine/types';
import type { ErrorMessage } from './protocol';

/** The plain data of an error, for `postMessage`. */
export const errorMessage = (error: LoomError): ErrorMessage => ({
  code: error.code,
  message: error.message,
  place: { ...error.place },
  ...(error.extra.fix === undefined ? {} : { fix: error.extra.fix }),
  ...(error.extra.diagnostics === undefined ? {} : { diagnostics: [...error.extra.diagnostics] }),
});
