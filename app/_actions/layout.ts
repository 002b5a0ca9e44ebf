/** Automatic layout: elkjs, layered left to right, fetched when first wanted and run in a worker of its own. */
import type { ELK as Elk, ElkNode } from 'elkjs/lib/elk-api';
import type { Point } from '../_state/view';
import { gesture } from '../_state/view';
import { workspace } from '../_state/workspace';

let elk: Promise<Elk> | undefined;

async function load(): Promise<Elk> {
  const { default: ELK } = await import('elkjs/lib/elk-api');
  return new ELK({ workerFactory: () => new Worker('/vendor/elk-worker.min.js') });
}

/** New positions of all nodes, or of some; those stay around the place where they were. */
export async function layoutGraph(only?: readonly string[]): Promise<Map<string, Point>> {
  const { document } = workspace.getState();
  const { measured } = gesture.getState();
  const ids = only ?? Object.keys(document.nodes);
  const chosen = new Set(ids);
  const ports = new Map<string, Set<string>>();
  const edges = Object.entries(document.edges).filter(
    ([, edge]) => chosen.has(edge.from.node) && chosen.has(edge.to.node),
  );
  const portOf = (node: string, side: 'in' | 'out', port: string): string => {
    const id = `${node}\n${side}\n${port}`;
    ports.set(node, (ports.get(node) ?? new Set()).add(id));
    return id;
  };
  const wires = edges.map(([id, edge]) => ({
    id,
    sources: [portOf(edge.from.node, 'out', edge.from.port)],
    targets: [portOf(edge.to.node, 'in', edge.to.port)],
  }));
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.layered.spacing.nodeNodeBetweenLayers': '72',
      'elk.spacing.nodeNode': '36',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    },
    children: ids.map((id) => {
      const size = measured.get(id) ?? { width: 240, height: 160 };
      return {
        id,
        width: size.width,
        height: size.height,
        layoutOptions: { 'elk.portConstraints': 'FIXED_SIDE' },
        ports: [...(ports.get(id) ?? [])].map((port) => ({
          id: port,
          width: 1,
          height: 1,
          layoutOptions: { 'elk.port.side': port.includes('\nin\n') ? 'WEST' : 'EAST' },
        })),
      };
    }),
    edges: wires,
  };
  elk ??= load();
  elk.catch(() => {
    elk = undefined;
  });
  const placed = await (await elk).layout(graph);
  const anchor = (points: readonly Point[]): Point => ({
    x: Math.min(...points.map(({ x }) => x)),
    y: Math.min(...points.map(({ y }) => y)),
  });
  const before = anchor(ids.map((id) => document.nodes[id]?.position ?? { x: 0, y: 0 }));
  const children = placed.children ?? [];
  const after = anchor(children.map(({ x = 0, y = 0 }) => ({ x, y })));
  return new Map(
    children.map(({ id, x = 0, y = 0 }) => [
      id,
      { x: Math.round(x - after.x + before.x), y: Math.round(y - after.y + before.y) },
    ]),
  );
}
