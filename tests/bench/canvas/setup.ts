/** What the bare canvas is given: the editor's graph, sizes and place on the page, so that both show the same. */
import type { Edge, Node } from 'reactflow';
import type { LoomDocument } from '@/engine';
import { registry } from '@/nodes/registry';

export interface BareData extends Record<string, unknown> {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly text: string;
}
export type BareNode = Node<BareData>;

/** In CSS pixels, as `getBoundingClientRect` gives it. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface BareSetup {
  readonly nodes: readonly BareNode[];
  readonly edges: readonly Edge[];
  /** Where the canvas stands on the page. */
  readonly canvas: Box;
  /** `onlyRenderVisibleElements`. */
  readonly cull: boolean;
  readonly minimap: boolean;
}

/** The same nodes, ports and edges for the bare canvas; `sizes` are the editor's, by node, in canvas units. */
export function bareGraph(
  document: LoomDocument,
  sizes: ReadonlyMap<string, { readonly width: number; readonly height: number }>,
): Pick<BareSetup, 'nodes' | 'edges'> {
  const nodes = Object.entries(document.nodes).map(([id, node]) => {
    const definition = registry.get(node.type);
    const size = sizes.get(id);
    if (size === undefined) throw new Error(`The editor never measured ${id}.`);
    return {
      id,
      type: 'bare',
      position: { x: node.position.x, y: node.position.y },
      style: { width: size.width, height: size.height },
      data: {
        inputs: Object.keys(definition?.inputs ?? {}),
        outputs: Object.keys(definition?.outputs ?? {}),
        text: 'flat avatar',
      },
    };
  });
  const edges = Object.entries(document.edges).map(([id, { from, to }]) => ({
    id,
    source: from.node,
    sourceHandle: from.port,
    target: to.node,
    targetHandle: to.port,
  }));
  return { nodes, edges };
}
