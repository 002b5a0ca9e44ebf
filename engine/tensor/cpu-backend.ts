/** A machine with CPU arithmetic and no networks: tests of nodes and of the executor run on it. */
import { LoomError, type Backend, type BackendInfo, type TensorScope } from '../types';
import { emptyLedger, type Ledger } from './counted';
import { CpuOps } from './cpu';
import { createScope } from './scope';

/** A root scope of CPU tensors counted on `ledger`. */
export function createCpuScope(ledger: Ledger = emptyLedger()): TensorScope {
  return createScope((own, child) => new CpuOps(ledger, own, child));
}

/** A backend without inference: `createSession` throws `unsupported`. */
export function createCpuBackend(): Backend {
  const ledger = emptyLedger();
  const info: BackendInfo = {
    kind: 'wasm',
    precision: 'fp32',
    device: 'arithmetic only',
    limits: ['forced'],
  };
  return {
    info,
    scope: () => createCpuScope(ledger),
    createSession: () =>
      Promise.reject(new LoomError('unsupported', 'This backend does arithmetic only; it runs no networks.')),
    live: () => ({ ...ledger }),
    lost: new Promise(() => {}),
    dispose: () => Promise.resolve(),
  };
}
