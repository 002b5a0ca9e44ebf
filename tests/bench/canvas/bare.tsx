/** The yardstick: React Flow alone, with nodes that hold a handle for each port and one field, in the state the library ships. */
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
  type Edge,
  type Node,
  type NodeProps,
} from 'reactflow';
import 'reactflow/dist/style.css';

interface BareData extends Record<string, unknown> {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly text: string;
}
type BareNode = Node<BareData>;

const Bare = memo(function Bare({ id, data }: NodeProps<BareNode>) {
  const { updateNodeData } = useReactFlow();
  return (
    <div style={{ background: '#fff', border: '1px solid #ccc', height: 180, position: 'relative' }}>
      <header>{id}</header>
      {data.inputs.map((port, index) => (
        <Handle
          key={port}
          id={port}
          type="target"
          position={Position.Left}
          style={{ top: 30 + 18 * index }}
        />
      ))}
      {data.outputs.map((port, index) => (
        <Handle
          key={port}
          id={port}
          type="source"
          position={Position.Right}
          style={{ top: 30 + 18 * index }}
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

interface Graph {
  readonly nodes: BareNode[];
  readonly edges: Edge[];
}
declare global {
  // A global's declaration needs `var`.
  // oxlint-disable-next-line no-var
  var bareGraph: Graph;
}

function Canvas() {
  const [nodes, , onNodesChange] = useNodesState(bareGraph.nodes);
  const [edges, , onEdgesChange] = useEdgesState(bareGraph.edges);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      minZoom={0.08}
      maxZoom={3}
      onlyRenderVisibleElements={nodes.length > 120}
      onInit={(instance) => {
        void instance.fitView({ padding: 0.05, maxZoom: 1.1 });
      }}
    >
      <Background />
      <MiniMap pannable zoomable />
    </ReactFlow>
  );
}

const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <ReactFlowProvider>
      <div style={{ position: 'fixed', left: 224, top: 48, right: 40, bottom: 0 }}>
        <Canvas />
      </div>
    </ReactFlowProvider>,
  );
