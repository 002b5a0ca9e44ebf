'use client';
/** The minimap. It stands on the canvas only while a part of the graph is out of view: a graph seen whole needs no map, and its pictures need the corner. */
import { getOwn } from '@/engine/types';
import { MiniMap as FlowMiniMap, useStore as useFlowStore, type Node, type ReactFlowState } from 'reactflow';
import { useTranslations } from 'use-intl';
import { registry } from '../../_state/nodes';
import { workspace } from '../../_state/workspace';
import { categoryColour } from '../port/category';

const size = { width: 168, height: 112 };
const colourOf = (node: Node): string =>
  node.type === 'loom'
    ? categoryColour(registry.get(getOwn(workspace.getState().document.nodes, node.id)?.type ?? '')?.category)
    : 'var(--muted)';

/** Whether some node reaches beyond the canvas's edge, by more than a pixel's rounding. */
function reachesBeyond({ nodeLookup, transform: [x, y, zoom], width, height }: ReactFlowState): boolean {
  for (const { internals, measured } of nodeLookup.values()) {
    const left = internals.positionAbsolute.x * zoom + x;
    const top = internals.positionAbsolute.y * zoom + y;
    if (
      left < -1 ||
      top < -1 ||
      left + (measured.width ?? 0) * zoom > width + 1 ||
      top + (measured.height ?? 0) * zoom > height + 1
    )
      return true;
  }
  return false;
}

export function MiniMap() {
  const t = useTranslations('canvas');
  const needed = useFlowStore(reachesBeyond);
  if (!needed) return null;
  return (
    <FlowMiniMap
      pannable
      zoomable
      ariaLabel={t('minimap')}
      className="!right-3 !bottom-3 !m-0 overflow-hidden rounded-lg border border-border"
      style={size}
      nodeColor={colourOf}
      nodeStrokeWidth={0}
    />
  );
}
