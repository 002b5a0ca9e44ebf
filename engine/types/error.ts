/** The one error that leaves the engine: it names the place and the fix. */
import type { Diagnostic } from './diagnostics';

/** Stable codes for failures while running or loading (diagnostics of a document have their own). */
export const errorCodes = [
  'cancelled',
  'invalid-document',
  'invalid-graph',
  'invalid-param',
  'node-failed',
  'bad-output',
  'bad-input',
  /** A file, link or picture beyond what is read or written; `details` has `size` and `limit` in bytes. */
  'too-large',
  'not-a-number',
  'package-missing',
  'package-invalid',
  /** A folder that names a file it does not have; `details.file` says which. */
  'package-incomplete',
  /** A model in a form that is not read (a pickle, weights of a family that has no graph here): `details.command` makes one that is. */
  'needs-export',
  /** A model that is no latent diffusion model of a known family; `details.family` names it. */
  'unsupported-family',
  /** A graph with an operator or domain that is not executed; `details` has `op` or `domain`. */
  'graph-unsupported',
  /** Half precision where the device has none. */
  'precision-unsupported',
  /** `details` has `needed` and `available` in bytes. */
  'too-large-for-device',
  /** Another host refused: no CORS, no access, not there. `details` has `host` and `status`. */
  'host-refused',
  /** Not enough room to keep a file; `details` has `needed` and `available` in bytes. */
  'no-space',
  'file-missing',
  'file-truncated',
  'file-damaged',
  'network',
  'out-of-memory',
  'device-lost',
  'session-failed',
  'tensor-disposed',
  'unsupported',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** Where something went wrong; all that is known. */
export interface ErrorPlace {
  readonly node?: string;
  readonly port?: string;
  readonly file?: string;
  readonly path?: string;
  readonly package?: string;
}

/**
 * A failure with a stable code, the place it happened, and (where one exists)
 * what the reader can do about it. `message` is English and complete; surfaces
 * that translate look the code and `details` up in their catalogue.
 */
export class LoomError extends Error {
  override readonly name = 'LoomError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly place: ErrorPlace = {},
    readonly extra: {
      /** What to do about it, one sentence. */
      readonly fix?: string;
      /** Values for a translated message. */
      readonly details?: Readonly<Record<string, string | number>>;
      readonly diagnostics?: readonly Diagnostic[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
  }

  /** The same failure with more known about where it happened; what is already known stays. */
  at(place: ErrorPlace): LoomError {
    return new LoomError(this.code, this.message, { ...place, ...this.place }, this.extra);
  }
}

/** Any thrown thing as a LoomError (an abort becomes `cancelled`). */
export function toLoomError(thrown: unknown, code: ErrorCode = 'internal'): LoomError {
  if (thrown instanceof LoomError) return thrown;
  if (thrown instanceof Error) {
    if (thrown.name === 'AbortError') return new LoomError('cancelled', 'Cancelled.', {}, { cause: thrown });
    return new LoomError(code, thrown.message, {}, { cause: thrown });
  }
  return new LoomError(code, String(thrown), {}, { cause: thrown });
}
