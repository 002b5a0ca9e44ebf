'use client';
import './canvas.css';
import { useEffect } from 'react';
import { Background, BackgroundVariant, ConnectionMode, ReactFlow, SelectionMode } from 'reactflow';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { fitPadding, flow, setPointer } from '../../_state/flow';
import { preferences } from '../../_state/preferences';
import { useView } from '../../_state/view';
import { useWorkspace, workspace } from '../../_state/workspace';
import { canvasEvents, onDoubleClick, onDrop, viewports } from './canvas-events';
import { useFlowEdges, useFlowNodes } from './to-flow';
import { dragType } from '../lib/drag';
import { GroupNode } from './GroupNode';
import { NodeView } from '../node/NodeView';
import { NoteNode } from './NoteNode';
import { MiniMap } from './MiniMap';
import { ConnectionHint } from './ConnectionHint';
import { LoomEdge } from './LoomEdge';

const nodeTypes = { loom: NodeView, group: GroupNode, note: NoteNode };
const edgeTypes = { loom: LoomEdge };

/** React Flow takes in every new object anew: what does not change stands here. */
const otherButtons = [1, 2];
const multiKeys = ['Shift', 'Meta', 'Control'];
const snapGrid: [number, number] = [20, 20];
const proOptions = { hideAttribution: false };

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
    else setTimeout(() => void flow()?.fitView({ padding: fitPadding(), maxZoom: 1.1 }), 50);
  }, [tab]);

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the same is offered by keys and menus
    <div
      className="absolute inset-0"
      onDoubleClick={locked ? undefined : onDoubleClick}
      onPointerMove={(event) => setPointer({ x: event.clientX, y: event.clientY })}
      onPointerLeave={() => setPointer(null)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(dragType)) event.preventDefault();
      }}
      onDrop={onDrop}
    >
      <ReactFlow
        aria-label={t('label')}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...canvasEvents}
        edgesReconnectable={!locked}
        nodesDraggable={!locked}
        nodesConnectable={!locked}
        connectionMode={ConnectionMode.Strict}
        connectionRadius={26}
        selectionMode={SelectionMode.Partial}
        selectionOnDrag={tool === 'select' && !touch}
        panOnDrag={tool === 'select' && !touch ? otherButtons : true}
        panOnScroll={tool === 'select'}
        multiSelectionKeyCode={multiKeys}
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        snapToGrid={snap}
        snapGrid={snapGrid}
        minZoom={0.08}
        maxZoom={3}
        elevateNodesOnSelect={false}
        onlyRenderVisibleElements={nodes.length > 120}
        proOptions={proOptions}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.6} />
        {minimap && !touch && <MiniMap />}
        <ConnectionHint />
      </ReactFlow>
      <ConnectionLegend />
    </div>
  );
}

/** Says to screen readers what taking an edge did. */
function ConnectionLegend() {
  const t = useTranslations('canvas');
  const count = useView(({ pending }) =>
    pending === null ? null : [...pending.verdicts.values()].filter((verdict) => verdict === null).length,
  );
  return (
    <span aria-live="polite" className="sr-only">
      {count === null ? '' : t('fitting', { count })}
    </span>
  );
}
