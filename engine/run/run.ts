/**
 * One run of a plan. Steps are started in the plan's order as soon as they are
 * known to be needed, wait for their inputs, and hold what they use of the cache
 * until the last one that uses it has ended.
 */
import type { NodeRef, Plan, PlanStep } from '../graph/plan-types';
import type { Backend } from '../types/backend';
import { LoomError, toLoomError } from '../types/error';
import type { ModelSource } from '../types/model';
import type { AnyValue } from '../types/values';
import type { Cache, Entry } from './cache';
import type { RunEvent, RunResult } from './events';
import type { ExecutorOptions, RunOptions } from './executor-types';
import { Lane } from './lane';
import { culprit, hasNaN } from './numbers';
import { runStep } from './step';
import type { Values } from './values';

/** What became of a step. */
type Outcome =
  | { readonly state: 'there'; readonly entry: Entry }
  /** `because` is the node at fault. */
  | { readonly state: 'missing'; readonly because: string; readonly error: LoomError };

export interface RunParts {
  readonly backend: Backend;
  readonly models: ModelSource;
  readonly cache: Cache;
  readonly options: ExecutorOptions;
  readonly now: () => number;
  /** Called with each new result, while it is held. */
  readonly keep: (entry: Entry) => Promise<void>;
  /** The device is lost already, for this reason. */
  readonly lost: string | undefined;
}

export class Run {
  readonly #lane = new Lane();
  readonly #outcomes = new Map<string, Promise<Outcome>>();
  /** Steps reported as finished or cached. */
  readonly #reported = new Set<string>();
  readonly #pending = new Set<Promise<Outcome>>();
  /** Entries this run has pinned. */
  readonly #held = new Map<string, Entry>();
  /** How many steps under way will still read a result; targets count for ever. */
  readonly #uses = new Map<string, number>();
  readonly #order = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #ran: RunResult['ran'][number][] = [];
  readonly #cached: NodeRef[] = [];
  readonly #failed: RunResult['failed'][number][] = [];
  readonly #skipped: RunResult['skipped'][number][] = [];
  /** Steps whose lazy inputs may still be asked for, by the key of what feeds them. */
  readonly #lazyWaiting = new Map<string, number>();
  /** When it is over, late nodes report nothing and leave nothing. */
  #over = false;
  #lost: string | undefined;
  #onLost: () => void = () => undefined;

  constructor(
    private readonly plan: Plan,
    private readonly parts: RunParts,
    private readonly options: RunOptions,
  ) {
    plan.steps.forEach(({ key }, index) => this.#order.set(key, index));
  }

  /** Ends the run: nothing on this device can go on. */
  lose(reason: string): void {
    if (this.#over || this.#lost !== undefined) return;
    this.#lost = reason;
    this.#stop.abort(new LoomError('device-lost', `The device was lost: ${reason}`));
    this.#onLost();
  }

  /** Runs to the end. `hold` gets what the targets are made of, pinned; its owner unpins it. Never rejects. */
  async go(hold: (entries: readonly Entry[]) => void): Promise<RunResult> {
    const { now } = this.parts;
    const began = now();
    const { signal } = this.options;
    const cancel = (): void => this.#stop.abort(signal?.reason);
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    const lost = new Promise<void>((settle) => {
      this.#onLost = settle;
    });
    if (this.parts.lost !== undefined) this.lose(this.parts.lost);
    this.#emit({
      type: 'run-started',
      steps: this.plan.steps.length,
      iterations: this.plan.iterations.length,
    });
    for (const { node, iteration, because } of this.plan.blocked) this.#skip([{ node, iteration }], because);

    this.#need([...new Set(this.plan.targets.map(({ step }) => step))]);
    // Once the device is lost some calls may never end; what they made is released when they do.
    await Promise.race([this.#settled(), lost]);
    signal?.removeEventListener('abort', cancel);

    const targets = this.#finish(hold);
    const result: RunResult = {
      status: this.#status(targets.length),
      seconds: (now() - began) / 1000,
      ran: this.#ran,
      cached: this.#cached,
      failed: this.#failed,
      skipped: this.#skipped,
      targets,
      ...(this.#lost === undefined ? {} : { reason: this.#lost }),
    };
    if (this.#lost !== undefined) this.#emit({ type: 'device-lost', reason: this.#lost });
    this.#emit({ type: 'finished', result });
    this.#over = true;
    return result;
  }

  #status(targets: number): RunResult['status'] {
    if (this.#lost !== undefined) return 'device-lost';
    if (this.#stop.signal.aborted && targets < this.plan.targets.length) return 'cancelled';
    return this.#failed.length > 0 || this.plan.blocked.length > 0 ? 'failed' : 'finished';
  }

  /** Lazy inputs start steps while others are awaited. */
  async #settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Takes what is there of the targets (a sink's inputs too) over to `hold`, and lets all else go. */
  #finish(hold: (entries: readonly Entry[]) => void): NodeRef[] {
    const targets: NodeRef[] = [];
    const kept = new Set<Entry>();
    for (const { node, iteration, step: key } of this.plan.targets) {
      const entry = this.#held.get(key);
      if (!entry) continue;
      targets.push({ node, iteration });
      kept.add(entry);
      for (const shown of this.#shownBy(key)) {
        const input = this.#held.get(shown);
        if (input) kept.add(input);
      }
    }
    for (const entry of kept) this.parts.cache.pin(entry);
    hold([...kept]);
    for (const entry of this.#held.values()) this.parts.cache.unpin(entry);
    this.#held.clear();
    return targets;
  }

  /** What a sink shows is what feeds it. */
  #shownBy(key: string): string[] {
    const step = this.plan.byKey.get(key);
    return step?.sink ? Object.values(step.inputs).map(({ step: input }) => input) : [];
  }

  /** Starts whatever `keys` need and what is not under way yet, in the plan's order. The asker will use each of them once. */
  #need(keys: readonly string[]): void {
    const found = new Set<string>();
    const stack: string[] = [];
    const want = (key: string): void => {
      this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
      stack.push(key);
    };
    for (const key of keys) {
      want(key);
      // A sink that is cached already still shows what feeds it, if that is there.
      for (const shown of this.#shownBy(key)) if (this.parts.cache.peek(shown)) want(shown);
    }
    for (let key = stack.pop(); key !== undefined; key = stack.pop()) {
      const step = this.plan.byKey.get(key);
      if (!step || found.has(key) || this.#outcomes.has(key)) continue;
      found.add(key);
      if (this.#takeCached(step)) continue;
      for (const [port, { step: input }] of Object.entries(step.inputs))
        if (!step.lazy.includes(port)) want(input);
    }
    const steps = [...found].sort((a, b) => (this.#order.get(a) ?? 0) - (this.#order.get(b) ?? 0));
    for (const key of steps) {
      const step = this.plan.byKey.get(key);
      if (!step || this.#outcomes.has(key)) continue;
      const outcome = this.#compute(step);
      this.#outcomes.set(key, outcome);
      this.#pending.add(outcome);
      void outcome.finally(() => this.#pending.delete(outcome));
    }
  }

  /** One user less; with none left the cache may evict the result, and whoever asks again looks there first. */
  #letGo(key: string): void {
    this.#uses.set(key, (this.#uses.get(key) ?? 1) - 1);
    this.#unholdUnused(key);
  }
  #unholdUnused(key: string): void {
    const entry = this.#held.get(key);
    if (!entry || (this.#uses.get(key) ?? 0) > 0 || this.#lazyWaiting.has(key) || entry.fresh) return;
    this.#held.delete(key);
    this.#outcomes.delete(key);
    this.parts.cache.unpin(entry);
  }

  #takeCached(step: PlanStep): boolean {
    const entry = step.fresh ? undefined : this.parts.cache.peek(step.key);
    if (!entry) return false;
    this.parts.cache.pin(entry);
    this.#held.set(step.key, entry);
    if (!this.#reported.has(step.key)) {
      this.#reported.add(step.key);
      this.#cached.push(step.refs[0]);
      this.#each(step, (at) => ({ type: 'node-cached', ...at, bytes: entry.bytes }));
    }
    this.#outcomes.set(step.key, Promise.resolve({ state: 'there', entry }));
    return true;
  }

  async #compute(step: PlanStep): Promise<Outcome> {
    const eager = Object.entries(step.inputs).filter(([port]) => !step.lazy.includes(port));
    const lazy = Object.entries(step.inputs).filter(([port]) => step.lazy.includes(port));
    for (const [, { step: key }] of lazy) this.#lazyWaiting.set(key, (this.#lazyWaiting.get(key) ?? 0) + 1);
    const used: string[] = eager.map(([, { step: key }]) => key);
    try {
      const inputs: Record<string, AnyValue> = {};
      // The steps that feed this one come earlier in the plan, so their outcomes exist.
      const outcomes = await Promise.all(eager.flatMap(([, { step: key }]) => this.#outcomes.get(key) ?? []));
      for (const [index, [port, { port: output }]] of eager.entries()) {
        const outcome = outcomes[index];
        if (outcome?.state === 'missing') return this.#missing(step, outcome.because, outcome.error);
        const value = outcome?.entry.values[output];
        if (value) inputs[port] = value;
      }
      return await this.#runOn(step, inputs, used);
    } finally {
      for (const [, { step: key }] of lazy) {
        const left = (this.#lazyWaiting.get(key) ?? 1) - 1;
        if (left > 0) this.#lazyWaiting.set(key, left);
        else this.#lazyWaiting.delete(key);
        this.#unholdUnused(key);
      }
      for (const key of used) this.#letGo(key);
    }
  }

  async #runOn(step: PlanStep, inputs: Values, used: string[]): Promise<Outcome> {
    const { cache, backend, models, options, now, keep } = this.parts;
    const { signal } = this.#stop;
    const [ref] = step.refs;
    const free = step.definition.lane === 'free';
    let inLane = false;
    let outside = 0;
    const enter = async (): Promise<void> => {
      if (!free) await this.#lane.enter(this.#order.get(step.key) ?? 0);
      inLane = !free;
    };
    const leave = (): void => {
      if (inLane) this.#lane.leave();
      inLane = false;
    };
    const lazy = async (port: string): Promise<AnyValue | undefined> => {
      const at = step.inputs[port];
      if (!at) {
        if (step.definition.inputs[port]?.optional === true) return undefined;
        throw new LoomError('invalid-graph', `What feeds the input ${port} cannot run.`, {
          node: ref.node,
          port,
        });
      }
      // The lane is another's while this node waits, or a branch with a device node would never end.
      if (this.#over) throw stopped(signal);
      if (outside++ === 0) leave();
      try {
        this.#need([at.step]);
        used.push(at.step);
        const outcome = await this.#outcomes.get(at.step);
        if (outcome?.state === 'there') return outcome.entry.values[at.port];
        throw outcome?.error ?? new LoomError('internal', 'A lazy input was not planned.');
      } finally {
        if (--outside === 0) await enter();
      }
    };

    await enter();
    try {
      if (signal.aborted) return this.#missing(step, ref.node, stopped(signal));
      this.#each(step, (at) => ({ type: 'node-started', ...at }));
      const began = now();
      const numbers = options.numbers ?? 'sinks';
      if (numbers === 'sinks' && step.sink) await this.#checkNumbers(step, inputs);
      const made = await runStep(step, inputs, {
        backend,
        runtime: { models, images: options.images, assets: options.assets },
        signal,
        progress: (progress) => this.#each(step, (at) => ({ type: 'progress', ...at, progress })),
        preview: (port, value) => this.#each(step, (at) => ({ type: 'preview', ...at, port, value })),
        trace: this.options.trace?.(ref.node, ref.iteration),
        file: this.options.onFile,
        lazy,
      });
      if (this.#over) {
        // The run ended without this node (the device was lost): nobody is left to own the result.
        for (const tensor of made.tensors) tensor.release();
        made.scope?.release();
        return { state: 'missing', because: ref.node, error: stopped(signal) };
      }
      const entry = cache.add({ key: step.key, fresh: step.fresh, ...made });
      this.#held.set(step.key, entry);
      if (numbers === 'all') await this.#refuseNaN(step, entry);
      const cost = { seconds: (now() - began) / 1000, bytes: entry.bytes };
      this.#reported.add(step.key);
      this.#ran.push({ ...ref, ...cost });
      this.#each(step, (at) => ({ type: 'node-finished', ...at, ...cost }));
      leave();
      await keep(entry);
      return { state: 'there', entry };
    } catch (thrown) {
      const error = toLoomError(thrown, 'internal');
      // What a lazy input threw names the node it happened at.
      return this.#missing(step, error.place.node ?? ref.node, error);
    } finally {
      leave();
    }
  }

  /** Reports a step that will not be there: failed when it is itself at fault, else skipped. */
  #missing(step: PlanStep, because: string, error: LoomError): Outcome {
    const itself = step.refs.some(({ node }) => node === because);
    if (itself && error.code !== 'cancelled' && this.#lost === undefined && error.code !== 'device-lost') {
      this.#failed.push({ ...step.refs[0], error });
      this.#each(step, (at) => ({ type: 'node-failed', ...at, error }));
    } else this.#skip(step.refs, because);
    return { state: 'missing', because, error };
  }

  #skip(refs: readonly NodeRef[], because: string): void {
    const [first] = refs;
    if (first) this.#skipped.push({ ...first, because });
    for (const ref of refs) this.#emit({ type: 'node-skipped', ...ref, because });
  }

  /** Looks for NaN in what reaches a sink, and for the first node that made it. @throws LoomError `not-a-number`. */
  async #checkNumbers(step: PlanStep, inputs: Values): Promise<void> {
    const bad = await hasNaN(Object.values(inputs), this.parts.backend);
    if (!bad) return;
    const origin = await culprit(this.plan, step, this.parts.cache, this.parts.backend);
    const fault = this.plan.byKey.get(origin) ?? step;
    const error = notANumber(fault);
    if (fault !== step) {
      this.#failed.push({ ...fault.refs[0], error });
      this.#each(fault, (at) => ({ type: 'node-failed', ...at, error }));
    }
    this.#forget(fault.key);
    throw error;
  }

  async #refuseNaN(step: PlanStep, entry: Entry): Promise<void> {
    if (!(await hasNaN(Object.values(entry.values), this.parts.backend))) return;
    this.#held.delete(step.key);
    this.parts.cache.drop(step.key);
    this.parts.cache.unpin(entry);
    throw notANumber(step);
  }

  /** Takes a spoilt result and all that was made from it out of the cache. */
  #forget(key: string): void {
    const spoilt = new Set([key]);
    for (const { key: later, inputs } of this.plan.steps)
      if (Object.values(inputs).some(({ step }) => spoilt.has(step))) spoilt.add(later);
    for (const gone of spoilt) this.parts.cache.drop(gone);
  }

  #each(step: PlanStep, event: (at: NodeRef) => RunEvent): void {
    for (const ref of step.refs) this.#emit(event(ref));
  }

  #emit(event: RunEvent): void {
    if (this.#over) return;
    try {
      this.options.onEvent?.(event);
    } catch {
      // A listener's failure is not the run's: nodes go on, tensors are released.
    }
  }
}

const stopped = (signal: AbortSignal): LoomError => {
  const reason: unknown = signal.reason;
  return reason instanceof LoomError ? reason : new LoomError('cancelled', 'Cancelled.');
};

function notANumber({ refs, definition }: PlanStep): LoomError {
  return new LoomError(
    'not-a-number',
    `“${definition.title}” (${refs[0].node}) made values that are not numbers (NaN).`,
    { node: refs[0].node },
    { mend: 'Lower the guidance or the noise level, or run in full precision.' },
  );
}
