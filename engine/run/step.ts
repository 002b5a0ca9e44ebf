/** One node's run: its inputs checked, its context made, its outputs taken over. Nothing it made outlives a failure. */
import type { NodeRef, PlanStep } from '../plan/plan-types';
import type { Backend } from '../types/backend';
import { LoomError, toLoomError } from '../types/error';
import type { Progress, TrajectoryStep } from '../types/node';
import type { Runtime } from '../types/runtime';
import type { Tensor } from '../types/tensor';
import type { AnyValue } from '../types/kinds';
import type { Entry } from './cache';
import { ValueCheck } from './check';
import type { RunFile } from './executor-types';
import { isOpaque, tensorsOf, type Values } from './values';

export interface StepMachine {
  readonly backend: Backend;
  readonly runtime: Omit<Runtime, 'ops' | 'backend' | 'precision'>;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly preview: (port: string, value: AnyValue) => void;
  readonly trace: ((step: TrajectoryStep) => void) | undefined;
  readonly file: ((at: NodeRef, file: RunFile) => void) | undefined;
  /** Computes a lazy input; undefined when it is not connected. */
  readonly lazy: (port: string) => Promise<AnyValue | undefined>;
}

/**
 * Runs a node on the values of its eager inputs. The result owns one count of
 * each tensor it holds. @throws LoomError with the node named.
 */
export async function runStep(
  step: PlanStep,
  inputs: Values,
  machine: StepMachine,
): Promise<Pick<Entry, 'values' | 'tensors' | 'bytes'> & Pick<Partial<Entry>, 'scope'>> {
  const { backend, signal } = machine;
  const { definition } = step;
  const [ref] = step.refs;
  const check = new ValueCheck(step);
  const scope = backend.scope();
  let keepScope = false;
  const seen = new Map<string, AnyValue>(Object.entries(inputs));
  const owned: Tensor[] = [];
  try {
    check.inputs(seen);
    const given: Record<string, unknown> = { ...inputs };
    for (const port of step.lazy)
      given[port] = async () => {
        const value = await machine.lazy(port);
        if (value) {
          check.inputs([[port, value]]);
          seen.set(port, value);
        }
        return value;
      };
    const { kind, precision } = backend.info;
    const { trace, file } = machine;
    const context = {
      inputs: given,
      params: step.params,
      runtime: { ...machine.runtime, backend: kind, precision, ops: scope.ops },
      signal,
      progress: machine.progress,
      preview: machine.preview,
      ...(trace ? { trace } : {}),
      ...(file ? { file: (made: RunFile) => file(ref, made) } : {}),
    };
    // Parameters were parsed by the plan and inputs checked above: what `never` guards.
    const values = check.outputs(await definition.run(context as never));
    const own = (tensor: Tensor): void => {
      tensor.retain();
      owned.push(tensor);
    };
    const tensors = new Set(Object.values(values).flatMap(tensorsOf));
    for (const tensor of tensors) own(tensor);
    const bytes = owned.reduce((sum, tensor) => sum + tensor.bytes, 0);
    if (Object.values(values).some(isOpaque)) {
      // Its functions may read any tensor that the node was given or made.
      keepScope = true;
      for (const tensor of new Set([...seen.values()].flatMap(tensorsOf)))
        if (!tensors.has(tensor)) own(tensor);
    }
    return { values, tensors: owned, bytes, ...(keepScope ? { scope } : {}) };
  } catch (thrown) {
    for (const tensor of owned) tensor.release();
    keepScope = false;
    throw toNodeError(thrown, signal).at({ node: ref.node });
  } finally {
    if (!keepScope) scope.release();
  }
}

function toNodeError(thrown: unknown, signal: AbortSignal): LoomError {
  const error = toLoomError(thrown, 'node-failed');
  // Whatever a node throws once it was told to stop, it stopped.
  return signal.aborted && error.code !== 'cancelled' && error.code !== 'device-lost'
    ? new LoomError('cancelled', 'Cancelled.', error.place, { cause: thrown })
    : error;
}
