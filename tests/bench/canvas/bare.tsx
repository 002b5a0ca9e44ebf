/**
 * The yardstick: React Flow alone, in the state the library ships, with nodes as large as the editor's that hold a handle
 * for each port and one field. What it holds and which of the library's parts are on is said by `bareSetup`.
 */
import { memo } from 'react';
import { createRoot } from 'react-dom/client';
import {
  Background,
  Handle,
  MiniMap,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useEdgesState,
  useNodesState,
  useReactFlow,
  type NodeProps,
} from 'reactflow';
import 'reactflow/dist/style.css';
import type { BareNode, BareSetup } from './setup';

declare global {
  // A global's declaration needs `var`.
  // oxlint-disable-next-line no-var
  var bareSetup: BareSetup;
}

const Bare = memo(function Bare({ id, data }: NodeProps<BareNode>) {
  const { updateNodeData } = useReactFlow();
  return (
    <div style={{ background: '#fff', border: '1px solid #ccc', height: '100%', position: 'relative' }}>
      <header style={{ height: 32 }}>{id}</header>
      {data.inputs.map((port, index) => (
        <Handle
          key={port}
          id={port}
          type="target"
          position={Position.Left}
          style={{ top: 49 + 22 * index }}
        />
      ))}
      {data.outputs.map((port, index) => (
        <Handle
          key={port}
          id={port}
          type="source"
          position={Position.Right}
          style={{ top: 49 + 22 * index }}
        />
      ))}
      <textarea
        className="nodrag"
        value={data.text}
        onChange={(event) => updateNodeData(id, { text: event.target.value })}
      />
    </div>
  );
});
const nodeTypes = { bare: Bare };
const minimapSize = { width: 168, height: 112 };

function Canvas() {
  const [nodes, , onNodesChange] = useNodesState([...bareSetup.nodes]);
  const [edges, , onEdgesChange] = useEdgesState([...bareSetup.edges]);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      minZoom={0.08}
      maxZoom={3}
      onlyRenderVisibleElements={bareSetup.cull}
    >
      <Background gap={22} size={1.6} />
      {bareSetup.minimap && <MiniMap pannable zoomable style={minimapSize} />}
    </ReactFlow>
  );
}

const root = document.getElementById('root');
const { left, top, width, height } = bareSetup.canvas;
if (root !== null)
  createRoot(root).render(
    <ReactFlowProvider>
      <div style={{ position: 'fixed', left, top, width, height }}>
        <Canvas />
      </div>
    </ReactFlowProvider>,
  );
