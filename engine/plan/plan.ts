/** What to run for what is asked: pruned, ordered, keyed. */
import type { Diagnostic } from '../types/diagnostics';
import { LoomError } from '../types/error';
import { keyOf } from './key';
import { infer } from '../infer/infer';
import { sourceAt, targetsAt } from '../graph/flatten';
import type { Endpoint, Inference, NodeInfo } from '../infer/inference';
import { memoryPlan } from './memory';
import { memoryWarnings } from './memory-warning';
import type { MemoryPlan } from './memory-types';
import { getOwn } from '../types/get-own';
import type { Iteration, NodeRef, Plan, PlanOptions, PlanStep } from './plan-types';
import { iterationsOf, withValues } from './sweep';
import { ancestors, blameOf, wantedBy } from './targets';

/**
 * Plans the computation of `targets` (default: every sink). Nodes with errors,
 * and what needs them, are left out and said so; all else is planned.
 *
 * @example
 * ```ts
 * const planned = plan(infer({ document, registry, catalog }), { targets: ['image'], device: backend.info });
 * planned.steps.length; // computations, each once however many nodes share it
 * planned.blocked; // what was asked for and cannot run, with the diagnostics that say why
 * const result = await executor.run(planned);
 * ```
 * @throws LoomError `too-large` where sweeps would repeat more nodes than {@link maxVisits}
 */
export function plan(inference: Inference, { targets, device, sweep = true }: PlanOptions = {}): Plan {
  const building = new Building(device);
  const iterations: readonly Iteration[] = sweep
    ? iterationsOf(inference.document)
    : [{ index: 0, values: [] }];
  checkIterations(iterations.length, inference.nodes.size);
  for (const iteration of iterations) {
    const document = withValues(inference.document, iteration);
    const inferred =
      document === inference.document
        ? inference
        : infer({ document, registry: inference.registry, catalog: inference.catalog, previous: inference });
    building.add(inferred, iteration.index, targets);
  }
  return building.plan(iterations, inference);
}

/** Nodes that a plan looks at over all iterations of its sweeps, at most. */
const maxVisits = 100_000;

function checkIterations(iterations: number, nodes: number): void {
  const visits = iterations * nodes;
  if (iterations < 2 || visits <= maxVisits) return;
  throw new LoomError(
    'too-large',
    `The sweeps repeat ${nodes.toLocaleString('en')} nodes ${iterations.toLocaleString('en')} times: ${visits.toLocaleString('en')} in all; at most ${maxVisits.toLocaleString('en')} are planned.`,
    { path: 'sweeps' },
    { fix: 'Give the sweeps fewer values.', details: { size: visits, limit: maxVisits, unit: 'nodes' } },
  );
}

type Step = Omit<PlanStep, 'refs'> & { readonly refs: [NodeRef, ...NodeRef[]] };

interface Level {
  readonly inference: Inference;
  /** Node → key of its step. */
  readonly steps: Map<string, string>;
}

class Building {
  readonly #steps = new Map<string, Step>();
  readonly #levels: Level[] = [];
  readonly #targets: (NodeRef & { step: string })[] = [];
  readonly #blocked: (NodeRef & { because: string; diagnostics: readonly Diagnostic[] })[] = [];

  readonly #unsolved: Plan['unsolved'][number][] = [];

  constructor(private readonly device: PlanOptions['device']) {}

  add(inference: Inference, iteration: number, targets: readonly string[] | undefined): void {
    const level: Level = { inference, steps: new Map() };
    this.#levels.push(level);
    const wanted = wantedBy(inference, targets);
    const needed = ancestors(
      inference,
      wanted.flatMap(({ nodes }) => nodes),
    );
    const blame = blameOf(inference, needed);
    for (const id of inference.graph.order) {
      const info = needed.has(id) ? inference.nodes.get(id) : undefined;
      if (info && info.state !== 'bypass' && !blame.has(id)) this.#step(level, info, iteration, blame);
    }
    for (const { name, nodes } of wanted) {
      if (nodes.length === 0) this.#block(inference, iteration, name, name);
      for (const node of nodes) {
        const step = level.steps.get(node);
        if (step !== undefined) this.#targets.push({ node, iteration, step });
        else this.#block(inference, iteration, node, blame.get(node) ?? node);
      }
    }
  }

  #block(inference: Inference, iteration: number, node: string, because: string): void {
    const diagnostics = inference.nodes.get(because)?.diagnostics ?? [];
    this.#blocked.push({
      node,
      iteration,
      because,
      diagnostics: diagnostics.filter(({ severity }) => severity === 'error'),
    });
  }

  #step(level: Level, info: NodeInfo, iteration: number, blame: ReadonlyMap<string, string>): void {
    const { definition, params } = info;
    if (!definition || !params) return;
    const { catalog } = level.inference;
    const inputs: Record<string, { step: string; port: string }> = {};
    const parts: Record<string, readonly [string, string] | null> = {};
    let fresh = definition.cache === 'never';
    for (const [port, at] of Object.entries(info.sources)) {
      const step = blame.has(at.node) ? undefined : level.steps.get(at.node);
      parts[port] = step === undefined ? null : [step, at.port];
      if (step === undefined) continue;
      inputs[port] = { step, port: at.port };
      fresh ||= this.#steps.get(step)?.fresh === true;
    }
    const only = definition.cache === 'never' ? { only: `${info.id}#${iteration}` } : {};
    const key = keyOf({
      definition,
      params,
      raw: info.node.params,
      inputs: parts,
      catalog,
      device: this.device,
      ...only,
    });
    level.steps.set(info.id, key);
    const ref = { node: info.id, iteration };
    for (const open of info.unsolved) this.#unsolved.push({ ...ref, ...open });
    const existing = this.#steps.get(key);
    if (existing) {
      existing.refs.push(ref);
      return;
    }
    this.#steps.set(key, {
      key,
      refs: [ref],
      definition,
      params,
      inputs,
      lazy: Object.entries(definition.inputs).flatMap(([port, { lazy }]) => (lazy === true ? [port] : [])),
      declared: info.declared,
      outputs: info.outputs,
      fresh,
      sink: definition.sink === true,
    });
  }

  plan(iterations: readonly Iteration[], inference: Inference): Plan {
    const levels = this.#levels;
    const byKey: ReadonlyMap<string, PlanStep> = this.#steps;
    const steps = [...byKey.values()];
    const targets = this.#targets;
    const { device } = this;
    const stepOf = (node: string, iteration = 0): PlanStep | undefined =>
      byKey.get(levels[iteration]?.steps.get(node) ?? '');
    let memory: MemoryPlan | undefined;
    return {
      steps,
      byKey,
      targets,
      blocked: this.#blocked,
      unsolved: this.#unsolved,
      iterations,
      stepOf,
      sourceOf(node, side, port, iteration = 0) {
        const level = levels[iteration];
        const at = level && resolve(level.inference, { node, port }, side);
        const step = at && level?.steps.get(at.node);
        return at && step !== undefined ? { ...at, step } : undefined;
      },
      get memory() {
        memory ??= memoryPlan(steps, inference.catalog, device);
        return memory;
      },
      get warnings() {
        return memoryWarnings(this.memory, device, inference);
      },
    };
  }
}

/** The plain output that feeds an input, or stands behind an output. */
function resolve({ nodes, graph }: Inference, at: Endpoint, side: 'in' | 'out'): Endpoint | undefined {
  if (side === 'in') {
    const [target] = targetsAt(graph.instances, at) ?? [];
    return target && getOwn(nodes.get(target.node)?.sources ?? {}, target.port);
  }
  const source = sourceAt(graph.instances, at);
  const info = source && nodes.get(source.node);
  return info?.state === 'bypass' ? getOwn(info.passes ?? {}, source?.port ?? '') : source;
}
