/** What pulling edges on the canvas does. Kept outside of the component: React Flow takes in every new function anew. */
import type { Connection, Edge, FinalConnectionState, OnConnectStartParams } from 'reactflow';
import { connect } from '@/engine';
import { flow } from '../../_state/flow';
import { view } from '../../_state/view';
import { edit, workspace } from '../../_state/workspace';
import { portKey } from '../../_state/fitting';
import { beginConnection, ends, endConnection, tryConnect } from './gestures';
import { pointOf } from '../lib/point';

/** The edge whose end is being moved. */
let reconnecting: string | null = null;
/** Whether the pending connection has found its port. */
let connected = false;

const endsOf = ({ source, sourceHandle, target, targetHandle }: Connection) =>
  [
    { node: source, port: sourceHandle ?? '' },
    { node: target, port: targetHandle ?? '' },
  ] as const;

/** An edge is pulled from a port. */
export function onConnectStart(_: MouseEvent | TouchEvent, params: OnConnectStartParams): void {
  connected = false;
  if (params.nodeId !== null && params.handleId !== null)
    beginConnection(params.nodeId, params.handleType === 'target' ? 'in' : 'out', params.handleId);
}

/** An edge is let go: on a port, on a node's body, or over the empty canvas. */
export function onConnectEnd(event: MouseEvent | TouchEvent, state: FinalConnectionState): void {
  const { pending } = view.getState();
  const was = reconnecting;
  endConnection();
  if (pending === null || connected || state.isValid === true) return;
  const screen = pointOf(event);
  const { from } = pending;
  if (state.toHandle !== null && state.toHandle !== undefined) {
    const other = { node: state.toHandle.nodeId, port: state.toHandle.id ?? '' };
    if (other.node === from.node || was !== null) return;
    const { from: a, to: b } = ends(from, other);
    tryConnect(a, b, screen);
    return;
  }
  // Let go on a node's body: the first port there that takes it.
  const element = document.elementFromPoint(screen.x, screen.y);
  const over = element?.closest('.react-flow__node')?.getAttribute('data-id');
  if (over !== null && over !== undefined && over !== from.node) {
    const side = from.side === 'out' ? 'in' : 'out';
    const info = workspace.getState().inference.nodes.get(over);
    const ports = Object.keys((side === 'in' ? info?.inputs : info?.outputs) ?? {});
    const taken = new Set(
      Object.values(workspace.getState().document.edges).flatMap(({ to }) =>
        to.node === over ? [to.port] : [],
      ),
    );
    const fitting = ports.filter((name) => pending.verdicts.get(portKey(over, side, name)) === null);
    const port = fitting.find((name) => side === 'out' || !taken.has(name)) ?? fitting[0];
    if (port !== undefined) {
      const { from: a, to: b } = ends(from, { node: over, port });
      edit('connect', (draft) => connect(draft, a, b));
    } else {
      // A port of the same kind, if there is one, explains best.
      const first =
        ports.find((name) => pending.verdicts.get(portKey(over, side, name))?.path !== 'kind') ?? ports[0];
      if (first !== undefined) {
        const { from: a, to: b } = ends(from, { node: over, port: first });
        tryConnect(a, b, screen);
      }
    }
    return;
  }
  if (was !== null || element?.closest('.react-flow__pane') === null || element === null) return;
  view.setState({
    palette: { screen, flow: flow()?.screenToFlowPosition(screen) ?? { x: 0, y: 0 }, from },
  });
}

export function onConnect(connection: Connection): void {
  connected = true;
  if (reconnecting === null) edit('connect', (draft) => connect(draft, ...endsOf(connection)));
}

export function onReconnectStart(_: unknown, edge: Edge): void {
  reconnecting = edge.id;
}

export function onReconnect(edge: Edge, connection: Connection): void {
  connected = true;
  edit('rewire', (draft) => {
    delete draft.edges[edge.id];
    connect(draft, ...endsOf(connection));
  });
}

export function onReconnectEnd(
  event: MouseEvent | TouchEvent,
  edge: Edge,
  _: unknown,
  state: FinalConnectionState,
): void {
  const at = pointOf(event);
  const dropped = document.elementFromPoint(at.x, at.y);
  // Pulled off and let go over the empty canvas: the edge is gone.
  if (!connected && state.toHandle === null && dropped?.closest('.react-flow__pane') !== null)
    edit('disconnect', (draft) => {
      delete draft.edges[edge.id];
    });
  reconnecting = null;
  endConnection();
}
