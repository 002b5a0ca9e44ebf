'use client';
/** While an edge hovers over a port that would refuse it: the reason, beside the pointer. */
import { useConnection, useReactFlow } from 'reactflow';
import { createPortal } from 'react-dom';
import { CircleX } from 'lucide-react';
import { useView } from '../../_state/view';
import { portKey } from '../../_state/fitting';
import { useDiagnosticText } from '../port/diagnostics';

export function ConnectionHint() {
  const connection = useConnection();
  const pending = useView((state) => state.pending);
  const text = useDiagnosticText();
  const { flowToScreenPosition } = useReactFlow();
  if (pending === null || !connection.inProgress || connection.toHandle === null) return null;
  const { nodeId, id, type } = connection.toHandle;
  const verdict = pending.verdicts.get(portKey(nodeId, type === 'target' ? 'in' : 'out', id ?? ''));
  if (verdict === null || verdict === undefined) return null;
  const at = flowToScreenPosition(connection.to);
  return createPortal(
    <div
      role="status"
      className="pointer-events-none fixed z-50 flex max-w-72 gap-2 rounded-lg border border-destructive/40 bg-popover px-3 py-2 text-xs text-popover-foreground shadow-xl"
      style={{ left: Math.min(at.x + 16, innerWidth - 300), top: Math.min(at.y + 16, innerHeight - 90) }}
    >
      <CircleX size={15} className="mt-px shrink-0 text-destructive" />
      {text(verdict)}
    </div>,
    document.body,
  );
}
