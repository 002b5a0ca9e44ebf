/** Automatic layout: elkjs, layered left to right, fetched when first wanted and run in a worker of its own. */
import { getOwn } from '@/engine/types';
import type { ELK as Elk, ElkNode } from 'elkjs/lib/elk-api';
import { registry } from '../_state/nodes';
import { nodeWidth } from '../_state/node-width';
import { runStore } from '../_state/run-store';
import type { Point } from '../_state/view';
import { gesture } from '../_state/view';
import { workspace } from '../_state/workspace';

let elk: Promise<Elk> | undefined;

async function load(): Promise<Elk> {
  const { default: ELK } = await import('elkjs/lib/elk-api');
  return new ELK({ workerFactory: () => new Worker('/vendor/elk-worker.min.js') });
}

/** Height that a node will grow by when it shows its first picture: a run must not push nodes over each other. */
function pictureRoom(id: string): number {
  const { document, active } = workspace.getState();
  const node = getOwn(document.nodes, id);
  const definition = node === undefined ? undefined : registry.get(node.type);
  if (node === undefined || definition === undefined || node.collapsed === true) return 0;
  if ((runStore.getState().pictures[active]?.[id]?.length ?? 0) > 0) return 0;
  const kinds = (ports: typeof definition.inputs) => Object.values(ports).map(({ type }) => type.kind);
  const shows =
    definition.sink === true
      ? kinds(definition.inputs).includes('image')
      : kinds(definition.outputs).includes('image') || kinds(definition.inputs).includes('denoiser');
  // A square picture as wide as the node.
  return shows ? (node.size?.width ?? nodeWidth) : 0;
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
  const connections = edges.map(([id, edge]) => ({
    id,
    sources: [portOf(edge.from.node, 'out', edge.from.port)],
    targets: [portOf(edge.to.node, 'in', edge.to.port)],
  }));
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      // Close together: a graph that fits the window at a larger scale can be read.
      'elk.layered.spacing.nodeNodeBetweenLayers': '44',
      'elk.layered.spacing.edgeNodeBetweenLayers': '10',
      'elk.spacing.nodeNode': '28',
      'elk.spacing.edgeNode': '8',
      'elk.spacing.edgeEdge': '4',
      'elk.layered.nodePlacement.strategy': 'LINEAR_SEGMENTS',
    },
    children: ids.map((id) => {
      const size = measured.get(id) ?? { width: 240, height: 160 };
      return {
        id,
        width: size.width,
        height: size.height + pictureRoom(id),
        layoutOptions: { 'elk.portConstraints': 'FIXED_SIDE' },
        ports: [...(ports.get(id) ?? [])].map((port) => ({
          id: port,
          width: 1,
          height: 1,
          layoutOptions: { 'elk.port.side': port.includes('\nin\n') ? 'WEST' : 'EAST' },
        })),
      };
    }),
    edges: connections,
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
  const before = anchor(ids.map((id) => getOwn(document.nodes, id)?.position ?? { x: 0, y: 0 }));
  const children = placed.children ?? [];
  const after = anchor(children.map(({ x = 0, y = 0 }) => ({ x, y })));
  return new Map(
    children.map(({ id, x = 0, y = 0 }) => [
      id,
      { x: Math.round(x - after.x + before.x), y: Math.round(y - after.y + before.y) },
    ]),
  );
}
