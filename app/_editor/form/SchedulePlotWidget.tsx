'use client';
/** A schedule by name, and its noise levels for the node's own steps, on a log scale. */
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { alphasCumprod } from '@/models/schedule';
import { scheduleNames, scheduleOf, type ScheduleName } from '@/nodes/sampling/_math/schedules';
import { shapeOptions } from '@/nodes/sampling/_schedule-params';
import { catalogStore } from '../../_state/catalog';
import { useNode } from '../../_state/node-channel';
import { useWorkspace } from '../../_state/workspace';
import type { WidgetDescriptor, WidgetProps } from './widget';
import { SelectWidget } from './SelectWidget';

const width = 220;
const height = 44;
const isSchedule = (name: unknown): name is ScheduleName => scheduleNames.some((known) => known === name);

/** A shape parameter; a node without it (the sampler) keeps the schedule's own. */
const numberOr0 = (value: unknown): number => (typeof value === 'number' ? value : 0);

export function SchedulePlotWidget(props: WidgetProps) {
  return (
    <div className="space-y-1">
      <SelectWidget {...props} />
      <Plot node={props.node} name={props.value} />
    </div>
  );
}

function Plot({ node, name }: { readonly node: string; readonly name: unknown }) {
  const t = useTranslations('schedule');
  const params = useNode(node)?.params;
  const packages = useStore(catalogStore, (state) => state.packages);
  // The network whose levels these are: by the latent space at any port of the node, else the first package.
  const space = useWorkspace(({ inference }) => {
    const info = inference.nodes.get(node);
    const found = Object.values({ ...info?.inputs, ...info?.outputs }).find(
      (type) => typeof type.fields['space'] === 'string',
    );
    const value = found?.fields['space'];
    return typeof value === 'string' ? value : undefined;
  });
  const trained = (packages.find((facts) => facts.space === space) ?? packages[0])?.schedule;
  const steps = params?.['steps'];
  const rho = numberOr0(params?.['rho']);
  const sigmaMin = numberOr0(params?.['sigmaMin']);
  const sigmaMax = numberOr0(params?.['sigmaMax']);
  const sigmas = useMemo(() => {
    if (trained === undefined || !isSchedule(name) || typeof steps !== 'number') return undefined;
    try {
      const diffusion = { prediction: 'v' as const, alphasCumprod: alphasCumprod(trained) };
      return [...scheduleOf(name, steps, diffusion, shapeOptions({ rho, sigmaMin, sigmaMax }))];
    } catch {
      // Steps or shape that give no schedule: the form and the run say why.
      return undefined;
    }
  }, [trained, name, steps, rho, sigmaMin, sigmaMax]);
  if (sigmas === undefined) return null;
  const levels = sigmas.filter((sigma) => sigma > 0);
  const [top = 1] = levels;
  const bottom = levels.at(-1) ?? 0.01;
  const range = Math.log(top) - Math.log(bottom) || 1;
  const points = levels.map((sigma, index) => ({
    x: 4 + (index / Math.max(1, levels.length - 1)) * (width - 8),
    y: 4 + ((Math.log(top) - Math.log(sigma)) / range) * (height - 8),
  }));
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={t('plot', { steps: levels.length, top: top.toFixed(2), bottom: bottom.toFixed(3) })}
      className="w-full rounded bg-muted"
    >
      <polyline
        points={points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}
        fill="none"
        stroke="var(--k-schedule)"
        strokeWidth={1.5}
      />
      {levels.length <= 60 &&
        points.map(({ x, y }) => <circle key={x} cx={x} cy={y} r={1.6} fill="var(--k-schedule)" />)}
      <text x={6} y={height - 5} fontSize={9} fill="var(--muted-foreground)">
        σ {top.toFixed(1)} → {bottom.toFixed(3)}
      </text>
    </svg>
  );
}

export const schedulePlotWidget: WidgetDescriptor<'schedule-plot'> = {
  name: 'schedule-plot',
  component: SchedulePlotWidget,
  layout: 'stacked',
};
