'use client';
/** An edge: coloured by kind, dashed by latent space, moving while its source runs, marked when it does not fit. */
import { getOwn } from '@/engine/types';
import { clsx } from 'clsx';
import { memo } from 'react';
import { BaseEdge, EdgeLabelRenderer, getBezierPath, type EdgeProps } from 'reactflow';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { catalogStore } from '../../_state/catalog';
import { useRun } from '../../_state/run-store';
import { useView } from '../../_state/view';
import { useNodeState } from '../../_state/node-channel';
import { colourOf, dashOf } from '../port/appearance';

export const LoomEdge = memo(function LoomEdge(props: EdgeProps) {
  const { id, source, sourceHandleId, target } = props;
  const t = useTranslations('edge');
  const spaces = useStore(catalogStore, (state) => state.spaces);
  const colour = useNodeState(source, ({ inference }) =>
    colourOf(inference.portType(source, 'out', sourceHandleId ?? '')?.kind),
  );
  const dash = useNodeState(source, ({ inference }) =>
    dashOf(inference.portType(source, 'out', sourceHandleId ?? ''), spaces),
  );
  const wrong = useNodeState(target, ({ inference }) =>
    inference.diagnosticsOf(target).some((found) => found.edge === id && found.severity === 'error'),
  );
  const busy = useRun((state) => {
    const tab = state.current?.tab;
    return tab !== undefined && getOwn(state.nodes, tab)?.[target]?.is === 'running';
  });
  const dropping = useView((state) => state.dropEdge === id);
  const [path, x, y] = getBezierPath(props);
  return (
    <g className={clsx(dropping && 'loom-wire-drop')}>
      <path d={path} className="loom-wire-halo" />
      <BaseEdge
        path={path}
        interactionWidth={18}
        className={clsx('loom-wire', busy && 'loom-wire-busy')}
        style={{
          stroke: wrong ? 'var(--destructive)' : colour,
          ...(dash === '' || busy ? {} : { strokeDasharray: dash }),
        }}
      />
      {wrong && (
        <EdgeLabelRenderer>
          <span
            role="img"
            aria-label={t('wrong')}
            title={t('wrong')}
            className="nodrag nopan pointer-events-none absolute flex size-5 items-center justify-center rounded-full bg-destructive text-xs font-bold text-destructive-foreground"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            !
          </span>
        </EdgeLabelRenderer>
      )}
    </g>
  );
});
