'use client';
import './canvas.css';
import { useCallback, useEffect, useRef, type DragEvent, type MouseEvent as ReactMouseEvent } from 'react';
import {
  Background,
  BackgroundVariant,
  ConnectionMode,
  MiniMap,
  ReactFlow,
  SelectionMode,
  type FinalConnectionState,
  type OnConnectStartParams,
} from 'reactflow';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { registry } from '@/nodes/registry';
import { connect, addNode, insertOnEdge } from '../_state/edits';
import { flow, setFlow, setPointer } from '../_state/flow';
import { preferences, prefer } from '../_state/preferences';
import { select, useView, view, type Point } from '../_state/view';
import { edit, useWorkspace, workspace } from '../_state/workspace';
import { fitOnEdge, portKey } from '../_state/wiring';
import { useFlowEdges, useFlowNodes } from './derive';
import { dragType } from './drag';
import { FrameView } from './FrameView';
import {
  beginWire,
  ends,
  endWire,
  fits,
  onDrag,
  onDragStart,
  onDragStop,
  onEdgesChange,
  onNodesChange,
  tryConnect,
} from './gestures';
import { NodeView } from './node/NodeView';
import { NoteView } from './NoteView';
import { categoryColour } from './node/category';
import { WireHint } from './WireHint';
import { WireView } from './WireView';

const nodeTypes = { loom: NodeView, frame: FrameView, note: NoteView };
const edgeTypes = { wire: WireView };

const pointOf = (event: MouseEvent | TouchEvent): Point => {
  if ('clientX' in event) return { x: event.clientX, y: event.clientY };
  const touch = event.changedTouches[0];
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
};
const viewports = new Map<string, { x: number; y: number; zoom: number }>();

export function Canvas({ touch }: { readonly touch: boolean }) {
  const t = useTranslations('canvas');
  const nodes = useFlowNodes();
  const edges = useFlowEdges();
  const tab = useWorkspace((state) => state.active);
  const readOnly = useWorkspace((state) =>
    state.tabs.some(({ id, readOnly: r }) => id === state.active && r),
  );
  const tool = useStore(preferences, (state) => state.tool);
  const minimap = useStore(preferences, (state) => state.minimap);
  const snap = useStore(preferences, (state) => state.snap);
  const reconnecting = useRef<string | null>(null);
  const wired = useRef(false);
  const locked = readOnly || touch;

  // Each tab keeps its own view of the canvas; a new one is fitted.
  useEffect(() => {
    const instance = flow();
    if (instance === null) return;
    const known = viewports.get(tab);
    if (known !== undefined) void instance.setViewport(known);
    // Fitting an empty canvas would wait for its first node and then jump away from under the pointer.
    else if (Object.keys(workspace.getState().document.nodes).length === 0)
      void instance.setViewport({ x: 0, y: 0, zoom: 1 });
    else setTimeout(() => void flow()?.fitView({ padding: 0.05, maxZoom: 1.1 }), 50);
  }, [tab]);

  const onConnectStart = useCallback((_: MouseEvent | TouchEvent, params: OnConnectStartParams) => {
    wired.current = false;
    if (params.nodeId !== null && params.handleId !== null)
      beginWire(params.nodeId, params.handleType === 'target' ? 'in' : 'out', params.handleId);
  }, []);

  const onConnectEnd = useCallback((event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { wiring } = view.getState();
    const was = reconnecting.current;
    endWire();
    if (wiring === null || wired.current || state.isValid === true) return;
    const screen = pointOf(event);
    const { from } = wiring;
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
      const fitting = ports.filter((name) => wiring.verdicts.get(portKey(over, side, name)) === null);
      const port = fitting.find((name) => side === 'out' || !taken.has(name)) ?? fitting[0];
      if (port !== undefined) {
        const { from: a, to: b } = ends(from, { node: over, port });
        edit('connect', (draft) => connect(draft, a, b));
      } else {
        // A port of the same kind, if there is one, explains best.
        const first =
          ports.find((name) => wiring.verdicts.get(portKey(over, side, name))?.path !== 'kind') ?? ports[0];
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
  }, []);

  const drop = (event: DragEvent): void => {
    const type = event.dataTransfer.getData(dragType);
    const definition = registry.get(type);
    if (definition === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const at = flow()?.screenToFlowPosition({ x: event.clientX, y: event.clientY }) ?? { x: 0, y: 0 };
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
  };

  const onDoubleClick = (event: ReactMouseEvent): void => {
    if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane') || locked)
      return;
    const screen = { x: event.clientX, y: event.clientY };
    view.setState({ palette: { screen, flow: flow()?.screenToFlowPosition(screen) ?? { x: 0, y: 0 } } });
  };
  const menuAt = (event: ReactMouseEvent | MouseEvent, on: string | null): void => {
    event.preventDefault();
    const at = { x: event.clientX, y: event.clientY };
    view.setState({ menu: { at, flow: flow()?.screenToFlowPosition(at) ?? { x: 0, y: 0 }, on } });
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the same is offered by keys and menus
    <div
      className="absolute inset-0"
      onDoubleClick={onDoubleClick}
      onPointerMove={(event) => setPointer({ x: event.clientX, y: event.clientY })}
      onPointerLeave={() => setPointer(null)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(dragType)) event.preventDefault();
      }}
      onDrop={drop}
    >
      <ReactFlow
        aria-label={t('label')}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={(instance) => {
          setFlow(instance);
          if (nodes.length > 0) void instance.fitView({ padding: 0.05, maxZoom: 1.1 });
        }}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStart={(_, __, dragged) => onDragStart(dragged.map(({ id }) => id))}
        onNodeDrag={(event, node, dragged) => {
          if (dragged.length === 1) onDrag(node.id, pointOf(event));
        }}
        onNodeDragStop={(_, node, dragged) => onDragStop(dragged.length === 1 ? node.id : undefined)}
        onSelectionDragStart={(_, dragged) => onDragStart(dragged.map(({ id }) => id))}
        onSelectionDragStop={() => onDragStop(undefined)}
        onConnectStart={onConnectStart}
        onConnect={(connection) => {
          wired.current = true;
          if (reconnecting.current === null)
            edit('connect', (draft) =>
              connect(
                draft,
                { node: connection.source, port: connection.sourceHandle ?? '' },
                { node: connection.target, port: connection.targetHandle ?? '' },
              ),
            );
        }}
        onConnectEnd={onConnectEnd}
        isValidConnection={fits}
        edgesReconnectable={!locked}
        onReconnectStart={(_, edge) => {
          reconnecting.current = edge.id;
        }}
        onReconnect={(edge, connection) => {
          wired.current = true;
          edit('rewire', (draft) => {
            delete draft.edges[edge.id];
            connect(
              draft,
              { node: connection.source, port: connection.sourceHandle ?? '' },
              { node: connection.target, port: connection.targetHandle ?? '' },
            );
          });
        }}
        onReconnectEnd={(event, edge, _, state) => {
          const dropped = document.elementFromPoint(pointOf(event).x, pointOf(event).y);
          // Pulled off and let go over the empty canvas: the wire is gone.
          if (!wired.current && state.toHandle === null && dropped?.closest('.react-flow__pane') !== null)
            edit('disconnect', (draft) => {
              delete draft.edges[edge.id];
            });
          reconnecting.current = null;
          endWire();
        }}
        onEdgeClick={(_, edge) => {
          view.setState({ inspected: { node: edge.source, port: edge.sourceHandle ?? '' } });
          prefer({ dock: 'inspect' });
        }}
        onNodeClick={(_, node) => {
          if (preferences.getState().dock === 'docs' && node.type === 'loom')
            view.setState({ docs: node.id });
        }}
        onPaneClick={() => view.setState({ refusal: null, menu: null })}
        onNodeContextMenu={(event, node) => {
          if (!view.getState().selection.has(node.id)) select([node.id]);
          menuAt(event, node.id);
        }}
        onSelectionContextMenu={(event) => menuAt(event, [...view.getState().selection][0] ?? null)}
        onEdgeContextMenu={(event, edge) => {
          select([], [edge.id]);
          menuAt(event, `edge:${edge.id}`);
        }}
        onPaneContextMenu={(event) => menuAt(event, null)}
        onMoveEnd={(_, viewport) => viewports.set(workspace.getState().active, viewport)}
        nodesDraggable={!locked}
        nodesConnectable={!locked}
        connectionMode={ConnectionMode.Strict}
        connectionRadius={26}
        selectionMode={SelectionMode.Partial}
        selectionOnDrag={tool === 'select' && !touch}
        panOnDrag={tool === 'select' && !touch ? [1, 2] : true}
        panOnScroll={tool === 'select'}
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        snapToGrid={snap}
        snapGrid={[20, 20]}
        minZoom={0.08}
        maxZoom={3}
        elevateNodesOnSelect={false}
        onlyRenderVisibleElements={nodes.length > 120}
        proOptions={{ hideAttribution: false }}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.6} />
        {minimap && !touch && nodes.length > 0 && (
          <MiniMap
            pannable
            zoomable
            ariaLabel={t('minimap')}
            className="!right-3 !bottom-3 !m-0 overflow-hidden rounded-lg border border-border"
            style={{ width: 168, height: 112 }}
            nodeColor={(node) =>
              node.type === 'loom'
                ? categoryColour(
                    registry.get(workspace.getState().document.nodes[node.id]?.type ?? '')?.category,
                  )
                : 'var(--muted)'
            }
            nodeStrokeWidth={0}
          />
        )}
        <WireHint />
      </ReactFlow>
      <WireLegend />
    </div>
  );
}

/** Says to screen readers what taking a wire did. */
function WireLegend() {
  const t = useTranslations('canvas');
  const count = useView(({ wiring }) =>
    wiring === null ? null : [...wiring.verdicts.values()].filter((verdict) => verdict === null).length,
  );
  return (
    <span aria-live="polite" className="sr-only">
      {count === null ? '' : t('fitting', { count })}
    </span>
  );
}
