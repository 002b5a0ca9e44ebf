/** What the canvas' gestures do to the document: each one is one named step. */
import { getOwn } from '@/engine/types';
import type { Connection, NodeChange, EdgeChange } from 'reactflow';
import { checkConnection, connect, type Endpoint } from '@/engine';
import { registry } from '../../_state/nodes';
import { boxOf } from '../../_state/boxes';
import { insertOnEdge, moveTo } from '../../_state/edits';
import { gesture, view, type Point, type PendingConnection } from '../../_state/view';
import { edit, workspace } from '../../_state/workspace';
import { connectedPorts } from '../node/unknown-ports';
import { fitOnEdge, portKey, verdicts } from '../../_state/fitting';

/** Sizes, positions and selection as React Flow reports them. Nothing is removed here: commands do that. */
export function onNodesChange(changes: NodeChange[]): void {
  const { drag, measured } = gesture.getState();
  let nextDrag: Map<string, Point> | undefined;
  let nextMeasured: Map<string, { width: number; height: number }> | undefined;
  let selection: Set<string> | undefined;
  const nudges = new Map<string, Point>();
  for (const change of changes) {
    if (change.type === 'dimensions' && change.dimensions !== undefined) {
      const before = measured.get(change.id);
      if (before?.width !== change.dimensions.width || before.height !== change.dimensions.height) {
        nextMeasured ??= new Map(measured);
        nextMeasured.set(change.id, change.dimensions);
      }
    } else if (change.type === 'position' && change.position !== undefined) {
      if (change.dragging === true) {
        nextDrag ??= new Map(drag);
        nextDrag.set(change.id, change.position);
      } else if (drag.size > 0) {
        nextDrag ??= new Map(drag);
        nextDrag.set(change.id, change.position);
      } else nudges.set(change.id, change.position);
    } else if (change.type === 'select') {
      selection ??= new Set(view.getState().selection);
      if (change.selected) selection.add(change.id);
      else selection.delete(change.id);
    }
  }
  if (nextDrag !== undefined) moveGroupMembers(nextDrag);
  if (nextDrag !== undefined || nextMeasured !== undefined)
    gesture.setState({
      ...(nextDrag && { drag: nextDrag }),
      ...(nextMeasured && { measured: nextMeasured }),
    });
  if (selection !== undefined) view.setState({ selection });
  // Arrow keys on a focused node.
  if (nudges.size > 0) edit('move', (draft) => moveTo(draft, nudges), `nudge ${[...nudges.keys()].join()}`);
}

export function onEdgesChange(changes: EdgeChange[]): void {
  let edges: Set<string> | undefined;
  for (const change of changes)
    if (change.type === 'select') {
      edges ??= new Set(view.getState().edges);
      if (change.selected) edges.add(change.id);
      else edges.delete(change.id);
    }
  if (edges !== undefined) view.setState({ edges });
}

/** What stands in each dragged frame, with its offset: it moves along. */
let groupMembers = new Map<string, Map<string, Point>>();

export function onDragStart(ids: readonly string[]): void {
  groupMembers = new Map();
  const { document } = workspace.getState();
  const items = [...Object.keys(document.nodes), ...Object.keys(document.notes).map((id) => `note:${id}`)];
  for (const group of ids.filter((id) => id.startsWith('group:'))) {
    const outer = boxOf(group);
    if (outer === undefined) continue;
    const inside = new Map<string, Point>();
    for (const id of items) {
      if (ids.includes(id)) continue;
      const box = boxOf(id);
      if (box === undefined) continue;
      const within =
        box.x >= outer.x &&
        box.y >= outer.y &&
        box.x + box.width <= outer.x + outer.width &&
        box.y + box.height <= outer.y + outer.height;
      if (within) inside.set(id, { x: box.x - outer.x, y: box.y - outer.y });
    }
    groupMembers.set(group, inside);
  }
}
function moveGroupMembers(drag: Map<string, Point>): void {
  for (const [group, inside] of groupMembers) {
    const at = drag.get(group);
    if (at === undefined) continue;
    for (const [id, offset] of inside) drag.set(id, { x: at.x + offset.x, y: at.y + offset.y });
  }
}

/** While one unconnected node is dragged: the edge under it that it fits on. */
export function onDrag(id: string, pointer: Point): void {
  const edge = edgeUnder(id, pointer);
  if (edge !== view.getState().dropEdge) view.setState({ dropEdge: edge });
}

function edgeUnder(id: string, pointer: Point): string | null {
  const { document, inference } = workspace.getState();
  const node = getOwn(document.nodes, id);
  const definition = node === undefined ? undefined : registry.get(node.type);
  if (definition === undefined) return null;
  const connected = connectedPorts(document.edges);
  if (connected.in.has(id) || connected.out.has(id)) return null;
  const rect = globalThis.document
    .querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
    ?.getBoundingClientRect();
  const points = [pointer];
  if (rect !== undefined)
    for (const y of [0.1, 0.3, 0.5, 0.7, 0.9])
      for (const x of [0.15, 0.5, 0.85])
        points.push({ x: rect.left + rect.width * x, y: rect.top + rect.height * y });
  for (const { x, y } of points)
    for (const element of globalThis.document.elementsFromPoint(x, y)) {
      const edge = element.closest('.react-flow__edge')?.getAttribute('data-id');
      if (edge !== null && edge !== undefined && fitOnEdge(inference, edge, definition, id) !== undefined)
        return edge;
    }
  return null;
}

export function onDragStop(single: string | undefined): void {
  const { drag } = gesture.getState();
  const { dropEdge } = view.getState();
  gesture.setState({ drag: new Map() });
  view.setState({ dropEdge: null });
  groupMembers = new Map();
  if (drag.size === 0) return;
  const { document, inference } = workspace.getState();
  const node = single === undefined ? undefined : getOwn(document.nodes, single);
  const definition = node === undefined ? undefined : registry.get(node.type);
  const fit =
    dropEdge === null || single === undefined || definition === undefined
      ? undefined
      : fitOnEdge(inference, dropEdge, definition, single);
  edit(fit === undefined ? 'move' : 'insert', (draft) => {
    moveTo(draft, drag);
    if (fit !== undefined && dropEdge !== null && single !== undefined)
      insertOnEdge(draft, dropEdge, single, fit.input, fit.output);
  });
}

/** A connection is begun at a port. */
export function beginConnection(node: string, side: 'in' | 'out', port: string): void {
  const { inference } = workspace.getState();
  view.setState({ pending: verdicts(inference, { node, port, side }), connectionError: null });
}
export const endConnection = (): void => view.setState({ pending: null });

/** Both ends of an edge, whichever was taken first. */
export function ends(from: PendingConnection['from'], other: Endpoint): { from: Endpoint; to: Endpoint } {
  return from.side === 'out' ? { from, to: other } : { from: other, to: from };
}

export const fits = (
  connection:
    | Connection
    | { source: string; target: string; sourceHandle?: string | null; targetHandle?: string | null },
): boolean => {
  const { pending } = view.getState();
  if (pending === null) return true;
  const [node, side, port] =
    pending.from.side === 'out'
      ? ([connection.target, 'in', connection.targetHandle ?? ''] as const)
      : ([connection.source, 'out', connection.sourceHandle ?? ''] as const);
  return pending.verdicts.get(portKey(node, side, port)) === null;
};

/** Connects two ports as one step, or shows why not where the edge was let go. */
export function tryConnect(from: Endpoint, to: Endpoint, screen: Point): boolean {
  const check = checkConnection(workspace.getState().inference, from, to);
  if (!check.ok) {
    view.setState({
      connectionError: { screen, from: { ...from }, to: { ...to }, diagnostic: check.diagnostic },
    });
    return false;
  }
  edit('connect', (draft) => connect(draft, from, to));
  return true;
}
