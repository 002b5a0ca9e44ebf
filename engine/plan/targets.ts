/** What is asked for, what that needs, and whether it can run: the part of planning that needs no keys. */
import type { Inference, NodeInfo } from '../infer/inference';

/** The nodes behind the names asked for; every sink when no names are given. */
export function wantedBy(inference: Inference, targets: readonly string[] | undefined): readonly Target[] {
  return targets ? targets.map((name) => namedTarget(inference, name)) : sinks(inference);
}

/**
 * Whether a plan of these targets (default: every sink) would compute anything:
 * `ready`, `blocked` (all of it waits for nodes with errors) or `nothing` (there is nothing to compute).
 */
export function readiness(
  inference: Inference,
  targets?: readonly string[],
): 'ready' | 'blocked' | 'nothing' {
  const wanted = wantedBy(inference, targets);
  const blame = blameOf(
    inference,
    ancestors(
      inference,
      wanted.flatMap(({ nodes }) => nodes),
    ),
  );
  const runs = (node: string): boolean =>
    !blame.has(node) && inference.nodes.has(node) && inference.nodes.get(node)?.state !== 'bypass';
  if (wanted.some(({ nodes }) => nodes.some(runs))) return 'ready';
  return wanted.length > 0 ? 'blocked' : 'nothing';
}

/** Of the needed nodes, those that cannot run → the node at fault. */
export function blameOf(inference: Inference, needed: ReadonlySet<string>): ReadonlyMap<string, string> {
  const blame = new Map<string, string>();
  for (const id of inference.graph.order) {
    const info = needed.has(id) ? inference.nodes.get(id) : undefined;
    const fault = info && info.state !== 'bypass' ? faultOf(info, blame) : undefined;
    if (fault !== undefined) blame.set(id, fault);
  }
  return blame;
}

/** The node at fault when this one cannot run. What a lazy input needs may be at fault without harm until it is asked for. */
function faultOf(info: NodeInfo, blame: ReadonlyMap<string, string>): string | undefined {
  if (info.state !== 'ready') return info.id;
  for (const [port, at] of Object.entries(info.sources)) {
    const fault = blame.get(at.node);
    if (fault !== undefined && info.definition?.inputs[port]?.lazy !== true) return fault;
  }
  return undefined;
}

/** What is asked for by one name, and the nodes that make it. */
interface Target {
  readonly name: string;
  readonly nodes: readonly string[];
}

function sinks({ nodes }: Inference): Target[] {
  return [...nodes.values()].flatMap(({ id, definition, state }) =>
    definition?.sink === true && state !== 'muted' && state !== 'bypass' ? [{ name: id, nodes: [id] }] : [],
  );
}

/** A node; what a bypassed node hands on; what an instance puts out, or its sinks when it puts out nothing. */
function namedTarget(inference: Inference, name: string): Target {
  const instance = inference.graph.instances.get(name);
  if (instance) {
    const outputs = [...instance.outputs.values()].map(({ node }) => node);
    const inside = sinks(inference).filter((sink) => sink.name.startsWith(`${name}/`));
    const chosen = outputs.length > 0 ? outputs : inside.map((sink) => sink.name);
    return { name, nodes: [...new Set(chosen.flatMap((node) => passedOn(inference, node)))] };
  }
  return { name, nodes: passedOn(inference, name) };
}

function passedOn({ nodes }: Inference, node: string): string[] {
  const info = nodes.get(node);
  if (!info) return [];
  if (info.state !== 'bypass') return [node];
  return [...new Set(Object.values(info.passes ?? {}).map((at) => at.node))];
}

/** The nodes themselves and everything they take values from. */
export function ancestors({ nodes }: Inference, roots: readonly string[]): ReadonlySet<string> {
  const seen = new Set(roots);
  const stack = [...roots];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    for (const { node } of Object.values(nodes.get(id)?.sources ?? {})) {
      if (seen.has(node)) continue;
      seen.add(node);
      stack.push(node);
    }
  }
  return seen;
}
