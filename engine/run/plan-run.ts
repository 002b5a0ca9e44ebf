/**
 * One run of a plan. Steps are started in the plan's order as soon as they are
 * known to be needed, wait for their inputs, and hold what they use of the cache
 * until the last one that uses it has ended.
 */
import type { NodeRef, Plan, PlanStep } from '../plan/plan-types';
import type { Backend } from '../types/backend';
import { LoomError, toLoomError } from '../types/error';
import type { ModelSource } from '../types/model';
import type { AnyValue } from '../types/kinds';
import type { Cache, Entry } from './cache';
import type { RunResult } from './events';
import type { ExecutorOptions, RunOptions } from './executor-types';
import { RetainedResults } from './retained-results';
import { DeviceQueue, DeviceSlot } from './device-queue';
import { checkSink, refuseNaN } from './nan-check';
import { prefetch } from './prefetch';
import { Report } from './report';
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
  readonly #queue = new DeviceQueue();
  readonly #outcomes = new Map<string, Promise<Outcome>>();
  readonly #pending = new Set<Promise<Outcome>>();
  /** Steps that are not served from the cache. */
  readonly #begun = new Set<string>();
  readonly #order = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #retained: RetainedResults;
  readonly #report: Report;
  /** When it is over, late nodes leave nothing. */
  #over = false;
  #lost: string | undefined;
  #onLost: () => void = () => undefined;

  constructor(
    private readonly plan: Plan,
    private readonly parts: RunParts,
    private readonly options: RunOptions,
  ) {
    plan.steps.forEach(({ key }, index) => this.#order.set(key, index));
    this.#retained = new RetainedResults(parts.cache, (key) => this.#outcomes.delete(key));
    this.#report = new Report(options.onEvent);
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
    const report = this.#report;
    const { steps, iterations, blocked } = this.plan;
    report.emit({ type: 'run-started', steps: steps.length, iterations: iterations.length });
    for (const { node, iteration, because } of blocked) report.skip([{ node, iteration }], because);

    this.#need([...new Set(this.plan.targets.map(({ step }) => step))]);
    const fetched = prefetch(this.plan, (key) => this.#begun.has(key), this.parts);
    // Once the device is lost some calls may never end; what they made is released when they do.
    await Promise.race([this.#settled(), lost]);
    fetched.end();
    signal?.removeEventListener('abort', cancel);

    const targets = this.#finish(hold);
    const result: RunResult = {
      status: this.#status(targets.length),
      seconds: (now() - began) / 1000,
      ran: report.ran,
      cached: report.cached,
      failed: report.failed,
      skipped: report.skipped,
      targets,
      ...(this.#lost === undefined ? {} : { reason: this.#lost }),
    };
    if (this.#lost !== undefined) report.emit({ type: 'device-lost', reason: this.#lost });
    report.emit({ type: 'finished', result });
    report.close();
    this.#over = true;
    return result;
  }

  #status(targets: number): RunResult['status'] {
    if (this.#lost !== undefined) return 'device-lost';
    if (this.#stop.signal.aborted && targets < this.plan.targets.length) return 'cancelled';
    return this.#report.failed.length > 0 || this.plan.blocked.length > 0 ? 'failed' : 'finished';
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
      const entry = this.#retained.get(key);
      if (!entry) continue;
      targets.push({ node, iteration });
      kept.add(entry);
      for (const shown of this.#shownBy(key)) {
        const input = this.#retained.get(shown);
        if (input) kept.add(input);
      }
    }
    this.#retained.end(kept);
    hold([...kept]);
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
      this.#retained.want(key);
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
      this.#begun.add(key);
      const outcome = this.#compute(step);
      this.#outcomes.set(key, outcome);
      this.#pending.add(outcome);
      void outcome.finally(() => this.#pending.delete(outcome));
    }
  }

  #takeCached(step: PlanStep): boolean {
    const entry = step.fresh ? undefined : this.#retained.takeCached(step.key);
    if (!entry) return false;
    this.#report.fromCache(step, entry.bytes);
    this.#outcomes.set(step.key, Promise.resolve({ state: 'there', entry }));
    return true;
  }

  async #compute(step: PlanStep): Promise<Outcome> {
    const eager = Object.entries(step.inputs).filter(([port]) => !step.lazy.includes(port));
    const lazy = step.lazy.flatMap((port) => step.inputs[port]?.step ?? []);
    this.#retained.waitFor(lazy);
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
      this.#retained.stopWaiting(lazy);
      for (const key of used) this.#retained.letGo(key);
    }
  }

  async #runOn(step: PlanStep, inputs: Values, used: string[]): Promise<Outcome> {
    const { signal } = this.#stop;
    const [ref] = step.refs;
    const slot = new DeviceSlot(
      this.#queue,
      step.definition.queue === 'free',
      this.#order.get(step.key) ?? 0,
    );
    await slot.enter();
    try {
      if (signal.aborted) return this.#missing(step, ref.node, stopped(signal));
      this.#report.each(step, (at) => ({ type: 'node-started', ...at }));
      const entry = await this.#made(step, inputs, (port) => this.#lazy(step, port, slot, used));
      if (!entry) return { state: 'missing', because: ref.node, error: stopped(signal) };
      slot.leave();
      await this.parts.keep(entry);
      return { state: 'there', entry };
    } catch (thrown) {
      const error = toLoomError(thrown, 'internal');
      // What a lazy input threw names the node it happened at.
      return this.#missing(step, error.place.node ?? ref.node, error);
    } finally {
      slot.leave();
    }
  }

  /** The step's result, held; undefined when the run ended without it. */
  async #made(
    step: PlanStep,
    inputs: Values,
    lazy: (port: string) => Promise<AnyValue | undefined>,
  ): Promise<Entry | undefined> {
    const { cache, backend, models, options, now } = this.parts;
    const [ref] = step.refs;
    const report = this.#report;
    const began = now();
    const numbers = options.numbers ?? 'sinks';
    if (numbers === 'sinks' && step.sink) await checkSink(step, inputs, this.plan, this.parts, report);
    const made = await runStep(step, inputs, {
      backend,
      runtime: { models, images: options.images, assets: options.assets },
      signal: this.#stop.signal,
      progress: (progress) => report.each(step, (at) => ({ type: 'progress', ...at, progress })),
      preview: (port, value) => report.each(step, (at) => ({ type: 'preview', ...at, port, value })),
      trace: this.options.trace?.(ref.node, ref.iteration),
      file: this.options.onFile,
      lazy,
    });
    if (this.#over) {
      // The run ended without this node (the device was lost): nobody is left to own the result.
      for (const tensor of made.tensors) tensor.release();
      made.scope?.release();
      return undefined;
    }
    const entry = cache.add({ key: step.key, fresh: step.fresh, ...made });
    this.#retained.keep(entry);
    if (numbers === 'all') await refuseNaN(step, entry, backend, this.#retained);
    report.finished(step, { seconds: (now() - began) / 1000, bytes: entry.bytes });
    return entry;
  }

  /** Computes a lazy input. The device is another's meanwhile, or a branch with a device node would never end. */
  async #lazy(step: PlanStep, port: string, slot: DeviceSlot, used: string[]): Promise<AnyValue | undefined> {
    const at = step.inputs[port];
    if (!at) {
      if (step.definition.inputs[port]?.optional === true) return undefined;
      const place = { node: step.refs[0].node, port };
      throw new LoomError('invalid-graph', `What feeds the input ${port} cannot run.`, place);
    }
    if (this.#over) throw stopped(this.#stop.signal);
    return slot.outside(async () => {
      this.#need([at.step]);
      used.push(at.step);
      const outcome = await this.#outcomes.get(at.step);
      if (outcome?.state === 'there') return outcome.entry.values[at.port];
      throw outcome?.error ?? new LoomError('internal', 'A lazy input was not planned.');
    });
  }

  /** Reports a step that will not be there: failed when it is itself at fault, else skipped. */
  #missing(step: PlanStep, because: string, error: LoomError): Outcome {
    const itself = step.refs.some(({ node }) => node === because);
    const ended = error.code === 'cancelled' || error.code === 'device-lost' || this.#lost !== undefined;
    if (itself && !ended) this.#report.failure(step, error);
    else this.#report.skip(step.refs, because);
    return { state: 'missing', because, error };
  }
}

const stopped = (signal: AbortSignal): LoomError => {
  const reason: unknown = signal.reason;
  return reason instanceof LoomError ? reason : new LoomError('cancelled', 'Cancelled.');
};
