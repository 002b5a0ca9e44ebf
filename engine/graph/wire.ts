import { LoomError } from '../types/error';
import type { Diagnostic } from '../types/diagnostics';
import type { Endpoint, Inference } from './inference';

export type WireCheck = { readonly ok: true } | { readonly ok: false; readonly diagnostic: Diagnostic };
export function checkWire(_inference: Inference, _from: Endpoint, _to: Endpoint): WireCheck {
  throw new LoomError('unsupported', 'Not built yet.');
}
