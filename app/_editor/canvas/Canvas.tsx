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
import { useFlowEdges, useFlowNodes } from './derive';
import { dragType } from '../lib/drag';
import { FrameView } from './FrameView';
import { NodeView } from '../node/NodeView';
import { NoteView } from './NoteView';
import { Overview } from './Overview';
import { WireHint } from './WireHint';
import { WireView } from './WireView';

const nodeTypes = { loom: NodeView, frame: FrameView, note: NoteView };
const edgeTypes = { wire: WireView };

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
        {minimap && !touch && <Overview />}
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
