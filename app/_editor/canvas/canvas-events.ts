/** What the canvas does when something happens on it. Constants: React Flow takes in every new function anew. */
import type { DragEvent, MouseEvent as ReactMouseEvent } from 'react';
import type { Node, ReactFlowProps } from 'reactflow';
import { registry } from '../../_state/nodes';
import { addNode, insertOnEdge } from '../../_state/edits';
import { fitPadding, flow, setFlow } from '../../_state/flow';
import { preferences, prefer } from '../../_state/preferences';
import { select, view, type Point } from '../../_state/view';
import { edit, workspace } from '../../_state/workspace';
import { fitOnEdge } from '../../_state/fitting';
import {
  onConnect,
  onConnectEnd,
  onConnectStart,
  onReconnect,
  onReconnectEnd,
  onReconnectStart,
} from './connection';
import { dragType } from '../lib/drag';
import { fits, onDrag, onDragStart, onDragStop, onEdgesChange, onNodesChange } from './gestures';
import { pointOf } from '../lib/point';

/** Where each tab was looking. */
export const viewports = new Map<string, { x: number; y: number; zoom: number }>();

const placeOf = (screen: Point): Point => flow()?.screenToFlowPosition(screen) ?? { x: 0, y: 0 };
const idsOf = (dragged: readonly Node[]): string[] => dragged.map(({ id }) => id);

function menuAt(event: ReactMouseEvent | MouseEvent, on: string | null): void {
  event.preventDefault();
  const at = { x: event.clientX, y: event.clientY };
  view.setState({ menu: { at, flow: placeOf(at), on } });
}

export const canvasEvents = {
  onInit: (instance) => {
    setFlow(instance);
    if (instance.getNodes().length > 0) void instance.fitView({ padding: fitPadding(), maxZoom: 1.1 });
  },
  onNodesChange,
  onEdgesChange,
  onNodeDragStart: (_, __, dragged) => onDragStart(idsOf(dragged)),
  onNodeDrag: (event, node, dragged) => {
    if (dragged.length === 1) onDrag(node.id, pointOf(event));
  },
  onNodeDragStop: (_, node, dragged) => onDragStop(dragged.length === 1 ? node.id : undefined),
  onSelectionDragStart: (_, dragged) => onDragStart(idsOf(dragged)),
  onSelectionDragStop: () => onDragStop(undefined),
  onConnectStart,
  onConnect,
  onConnectEnd,
  isValidConnection: fits,
  onReconnectStart,
  onReconnect,
  onReconnectEnd,
  onEdgeClick: (_, edge) => {
    view.setState({ inspected: { node: edge.source, port: edge.sourceHandle ?? '' } });
    prefer({ dock: 'inspect' });
  },
  onNodeClick: (_, node) => {
    if (preferences.getState().dock === 'docs' && node.type === 'loom') view.setState({ docs: node.id });
  },
  onPaneClick: () => view.setState({ connectionError: null, menu: null }),
  onNodeContextMenu: (event, node) => {
    if (!view.getState().selection.has(node.id)) select([node.id]);
    menuAt(event, node.id);
  },
  onSelectionContextMenu: (event) => menuAt(event, [...view.getState().selection][0] ?? null),
  onEdgeContextMenu: (event, edge) => {
    select([], [edge.id]);
    menuAt(event, `edge:${edge.id}`);
  },
  onPaneContextMenu: (event) => menuAt(event, null),
  onMoveEnd: (_, viewport) => void viewports.set(workspace.getState().active, viewport),
} satisfies ReactFlowProps;

/** A node is let go over the canvas, from the list; on an edge that it fits it is put into it. */
export function onDrop(event: DragEvent): void {
  const definition = registry.get(event.dataTransfer.getData(dragType));
  if (definition === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const at = placeOf({ x: event.clientX, y: event.clientY });
  const edge = document
    .elementsFromPoint(event.clientX, event.clientY)
    .map((element) => element.closest('.react-flow__edge')?.getAttribute('data-id'))
    .find((id): id is string => typeof id === 'string');
  const fit = edge === undefined ? undefined : fitOnEdge(workspace.getState().inference, edge, definition);
  edit('add', (draft) => {
    const id = addNode(draft, definition, { x: at.x - 120, y: at.y - 16 });
    if (fit !== undefined && edge !== undefined) insertOnEdge(draft, edge, id, fit.input, fit.output);
    queueMicrotask(() => select([id]));
  });
}

/** A double click on the empty canvas opens the search there. */
export function onDoubleClick(event: ReactMouseEvent): void {
  if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane')) return;
  const screen = { x: event.clientX, y: event.clientY };
  view.setState({ palette: { screen, flow: placeOf(screen) } });
}
