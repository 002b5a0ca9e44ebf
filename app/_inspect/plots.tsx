'use client';
/** Small plots as SVG: a histogram with the normal curve, and lines over steps. The tables beside them say the same in text. */
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useFormatter } from 'use-intl';
import { expectedNormal, type Histogram } from '../_snapshots/stats';

const box = { width: 320, height: 96, left: 40, right: 6, top: 6, bottom: 16 };
const across = box.width - box.left - box.right;
const up = box.height - box.top - box.bottom;
const text = 'fill-muted-foreground text-[9.5px] tabular-nums';

/** Bars of a histogram; `normal` draws what N(0, 1) would give. */
export function HistogramPlot({
  histogram,
  label,
  color,
  normal,
}: {
  readonly histogram: Histogram;
  readonly label: string;
  readonly color: string;
  readonly normal: boolean;
}) {
  const format = useFormatter();
  const { counts, low, high } = histogram;
  const curve = normal ? expectedNormal(histogram) : [];
  const most = Math.max(1, ...counts, ...curve);
  const width = across / counts.length;
  const y = (count: number): number => box.top + up * (1 - count / most);
  const ticks = [low, (low + high) / 2, high];
  return (
    <svg viewBox={`0 0 ${box.width} ${box.height}`} className="w-full" role="img" aria-label={label}>
      {counts.map((count, index) => (
        <rect
          // oxlint-disable-next-line react/no-array-index-key -- bins are their positions
          key={index}
          x={box.left + index * width + 0.25}
          width={Math.max(0.5, width - 0.5)}
          y={y(count)}
          height={box.top + up - y(count)}
          fill={color}
          opacity={0.75}
        />
      ))}
      {normal && (
        <polyline
          points={curve.map((count, index) => `${box.left + (index + 0.5) * width},${y(count)}`).join(' ')}
          className="fill-none stroke-foreground"
          strokeWidth={1.25}
          strokeDasharray="3 2"
        />
      )}
      <path d={`M${box.left} ${box.top + up}h${across}`} className="stroke-border" />
      {ticks.map((tick, index) => (
        <text
          key={tick}
          x={box.left + (across * index) / 2}
          y={box.height - 4}
          textAnchor={(['start', 'middle', 'end'] as const)[index]}
          className={text}
        >
          {format.number(tick, { maximumSignificantDigits: 3 })}
        </text>
      ))}
      <text x={box.left - 4} y={box.top + 8} textAnchor="end" className={text}>
        {format.number(most, { notation: 'compact', maximumSignificantDigits: 2 })}
      </text>
    </svg>
  );
}

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly dashed?: boolean;
  readonly values: readonly (number | null)[];
}

/** Lines over steps; a click or the arrow keys choose one. */
export function LinePlot({
  title,
  series,
  steps,
  at,
  onPick,
  log = false,
}: {
  readonly title: string;
  readonly series: readonly Series[];
  /** The step of each value, ascending. */
  readonly steps: readonly number[];
  /** Index of the chosen step. */
  readonly at?: number;
  readonly onPick?: (index: number) => void;
  readonly log?: boolean;
}) {
  const format = useFormatter();
  const [hover, setHover] = useState<number | null>(null);
  const all = series.flatMap(({ values }) =>
    values.filter((value) => value !== null && Number.isFinite(value) && (!log || value > 0)),
  );
  const scale = (value: number): number => (log ? Math.log10(value) : value);
  const high = Math.max(...all.map((value) => scale(value ?? 0)), log ? -2 : 0);
  const low = Math.min(...all.map((value) => scale(value ?? 0)), log ? high : 0);
  const first = steps[0] ?? 0;
  const last = steps.at(-1) ?? 1;
  const x = (index: number): number =>
    box.left + (((steps[index] ?? first) - first) / Math.max(1, last - first)) * across;
  const y = (value: number): number => box.top + up * (1 - (scale(value) - low) / (high - low || 1));
  const pick = (event: PointerEvent<SVGSVGElement>): number => {
    const rect = event.currentTarget.getBoundingClientRect();
    const px = ((event.clientX - rect.left) / rect.width) * box.width;
    return steps.reduce(
      (best, _, index) => (Math.abs(x(index) - px) < Math.abs(x(best) - px) ? index : best),
      0,
    );
  };
  const keys = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || at === undefined) return;
    onPick?.(Math.min(steps.length - 1, Math.max(0, at + by)));
    event.preventDefault();
  };
  const shown = hover ?? at;
  const number = (value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : format.number(value, { maximumSignificantDigits: 3 });
  return (
    <figure className="m-0">
      <figcaption className="flex flex-wrap items-baseline gap-x-3 text-xs">
        <span className="font-medium">{title}</span>
        {series.map(({ name, color, dashed, values }) => (
          <span key={name} className="inline-flex items-center gap-1 text-muted-foreground">
            <svg width={14} height={6} aria-hidden>
              <path d="M0 3h14" stroke={color} strokeWidth={2} strokeDasharray={dashed ? '3 2' : undefined} />
            </svg>
            {name}
            {shown !== undefined && (
              <span className="text-foreground tabular-nums">{number(values[shown])}</span>
            )}
          </span>
        ))}
      </figcaption>
      <svg
        viewBox={`0 0 ${box.width} ${box.height}`}
        className="w-full touch-pan-y"
        {...(onPick
          ? {
              role: 'slider',
              tabIndex: 0,
              'aria-label': title,
              'aria-valuemin': first + 1,
              'aria-valuemax': last + 1,
              'aria-valuenow': (steps[at ?? 0] ?? 0) + 1,
              'aria-valuetext': series
                .map(({ name, values }) => `${name} ${number(values[at ?? 0])}`)
                .join(', '),
              onKeyDown: keys,
              onPointerDown: (event) => onPick(pick(event)),
            }
          : { role: 'img', 'aria-label': title })}
        onPointerMove={(event) => {
          setHover(pick(event));
          if (event.buttons === 1) onPick?.(pick(event));
        }}
        onPointerLeave={() => setHover(null)}
      >
        <path d={`M${box.left} ${box.top}v${up}h${across}`} className="fill-none stroke-border" />
        {[low, high].map((value, index) => (
          <text
            key={index === 0 ? 'low' : 'high'}
            x={box.left - 4}
            y={index === 0 ? box.top + up : box.top + 7}
            textAnchor="end"
            className={text}
          >
            {number(log ? 10 ** value : value)}
          </text>
        ))}
        <text x={box.left} y={box.height - 4} className={text}>
          {first + 1}
        </text>
        <text x={box.left + across} y={box.height - 4} textAnchor="end" className={text}>
          {last + 1}
        </text>
        {shown !== undefined && (
          <path
            d={`M${x(shown)} ${box.top}v${up}`}
            className="stroke-muted-foreground"
            strokeDasharray="2 2"
          />
        )}
        {series.map(({ name, color, dashed, values }) => (
          <g key={name}>
            <polyline
              points={values
                .flatMap((value, index) =>
                  value === null || !Number.isFinite(value) || (log && value <= 0)
                    ? []
                    : [`${x(index)},${y(value)}`],
                )
                .join(' ')}
              fill="none"
              stroke={color}
              strokeWidth={1.75}
              strokeLinejoin="round"
              strokeDasharray={dashed ? '4 3' : undefined}
            />
            {shown !== undefined &&
              Number.isFinite(values[shown] ?? Number.NaN) &&
              (!log || (values[shown] ?? 0) > 0) && (
                <circle
                  cx={x(shown)}
                  cy={y(values[shown] ?? 0)}
                  r={3}
                  fill={color}
                  className="stroke-card"
                  strokeWidth={1.5}
                />
              )}
          </g>
        ))}
      </svg>
    </figure>
  );
}
