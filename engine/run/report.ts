/** What a run tells while it goes, and what it will have to say when it is over. */
import type { NodeRef, PlanStep } from '../plan/plan-types';
import type { LoomError } from '../types/error';
import type { RunEvent, RunResult } from './events';

/** The lists of a result, filled as nodes end, and the events that go out beside. */
export class Report {
  readonly ran: RunResult['ran'][number][] = [];
  readonly cached: NodeRef[] = [];
  readonly failed: RunResult['failed'][number][] = [];
  readonly skipped: RunResult['skipped'][number][] = [];
  /** Steps told of as finished or cached. */
  readonly #told = new Set<string>();
  #over = false;

  constructor(private readonly onEvent: ((event: RunEvent) => void) | undefined) {}

  /** After this late nodes are not told of. */
  close(): void {
    this.#over = true;
  }

  emit(event: RunEvent): void {
    if (this.#over) return;
    try {
      this.onEvent?.(event);
    } catch {
      // A listener's failure is not the run's: nodes go on, tensors are released.
    }
  }

  /** One event for each of the nodes that share a step. */
  each(step: PlanStep, event: (at: NodeRef) => RunEvent): void {
    for (const ref of step.refs) this.emit(event(ref));
  }

  /** Served from an earlier run; told once, however often it is looked up. */
  fromCache(step: PlanStep, bytes: number): void {
    if (this.#told.has(step.key)) return;
    this.#told.add(step.key);
    this.cached.push(step.refs[0]);
    this.each(step, (at) => ({ type: 'node-cached', ...at, bytes }));
  }

  finished(step: PlanStep, cost: { readonly seconds: number; readonly bytes: number }): void {
    this.#told.add(step.key);
    this.ran.push({ ...step.refs[0], ...cost });
    this.each(step, (at) => ({ type: 'node-finished', ...at, ...cost }));
  }

  failure(step: PlanStep, error: LoomError): void {
    this.failed.push({ ...step.refs[0], error });
    this.each(step, (at) => ({ type: 'node-failed', ...at, error }));
  }

  skip(refs: readonly NodeRef[], because: string): void {
    const [first] = refs;
    if (first) this.skipped.push({ ...first, because });
    for (const ref of refs) this.emit({ type: 'node-skipped', ...ref, because });
  }
}
