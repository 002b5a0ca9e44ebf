'use client';
/** Everything there is to see of a tensor: pictures, numbers, histogram, the value under the cursor. */
import { Tabs } from '@base-ui/react/tabs';
import { clsx } from 'clsx';
import { LoaderCircle } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { toLoomError, type LoomError } from '@/engine/types';
import type { Snapshot } from '../_snapshots/messages';
import { HistogramPlot } from './plots';
import { channelStats, codeUsage, elementOf, histogram, shapeOf, tensorStats } from '../_snapshots/stats';
import { StatsTable } from './StatsTable';
import { ViewCanvas, type Cell } from './ViewCanvas';
import {
  channelViews,
  codeColor,
  rangeOf,
  valuesAt,
  viewOf,
  viewsOf,
  type ColorMap,
  type ViewName,
} from '../_snapshots/views';

export type TensorSnapshot = Extract<Snapshot, { dims: number[] }>;
type Tab = ViewName | 'decoded';

const smoothViews: readonly Tab[] = ['image', 'decoded'];

export function TensorView({
  snapshot,
  decode,
}: {
  readonly snapshot: TensorSnapshot;
  /** Turns the latent into a picture; absent where there is no latent. */
  readonly decode?: ((signal: AbortSignal) => Promise<Snapshot>) | undefined;
}) {
  const t = useTranslations('inspect');
  const { batch } = shapeOf(snapshot);
  const [wanted, setElement] = useState(0);
  const element = Math.min(wanted, batch - 1);
  const names: readonly Tab[] = [
    ...viewsOf(snapshot),
    ...(decode && snapshot.kind === 'latent' ? ['decoded' as const] : []),
  ];
  const [chosen, setTab] = useState<Tab | null>(null);
  const tab = chosen !== null && names.includes(chosen) ? chosen : (names[0] ?? 'channels');
  const [map, setMap] = useState<ColorMap>('diverging');
  const [cell, setCell] = useState<Cell | null>(null);

  return (
    <div className="flex flex-col gap-3">
      <Tabs.Root value={tab} onValueChange={(value: Tab) => setTab(value)} className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Tabs.List className="flex gap-0.5 rounded-md bg-muted p-0.5" aria-label={t('views')}>
            {names.map((name) => (
              <Tabs.Tab
                key={name}
                value={name}
                className="h-6 rounded px-2 text-xs text-muted-foreground data-[active]:bg-card data-[active]:font-medium data-[active]:text-foreground data-[active]:shadow-sm"
              >
                {t(`view.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {batch > 1 && (
            <label className="flex items-center gap-1.5 text-xs text-muted-foreground">
              {t('element')}
              <input
                type="number"
                min={1}
                max={batch}
                value={element + 1}
                onChange={(event) =>
                  setElement(Math.min(batch, Math.max(1, event.target.valueAsNumber || 1)) - 1)
                }
                className="h-6 w-12 rounded border border-border bg-background px-1 text-foreground tabular-nums"
              />
              <span>{t('ofCount', { count: batch })}</span>
            </label>
          )}
        </div>
        {names.map((name) => (
          <Tabs.Panel key={name} value={name}>
            {name === 'decoded' && decode ? (
              <Decoded decode={decode} element={element} />
            ) : name === 'channels' ? (
              <Channels snapshot={snapshot} element={element} map={map} onMap={setMap} onProbe={setCell} />
            ) : (
              name !== 'decoded' && (
                <Picture snapshot={snapshot} name={name} element={element} onProbe={setCell} />
              )
            )}
          </Tabs.Panel>
        ))}
      </Tabs.Root>
      <Readout snapshot={snapshot} element={element} cell={tab === 'decoded' ? null : cell} />
      <Numbers snapshot={snapshot} element={element} />
    </div>
  );
}

function Picture({
  snapshot,
  name,
  element,
  onProbe,
}: {
  readonly snapshot: TensorSnapshot;
  readonly name: ViewName;
  readonly element: number;
  readonly onProbe: (cell: Cell | null) => void;
}) {
  const t = useTranslations('inspect');
  const view = useMemo(() => viewOf(snapshot, name, element), [snapshot, name, element]);
  return (
    view && (
      <ViewCanvas
        view={view}
        smooth={smoothViews.includes(name)}
        label={t(`picture.${name}`)}
        onProbe={onProbe}
      />
    )
  );
}

function Channels({
  snapshot,
  element,
  map,
  onMap,
  onProbe,
}: {
  readonly snapshot: TensorSnapshot;
  readonly element: number;
  readonly map: ColorMap;
  readonly onMap: (map: ColorMap) => void;
  readonly onProbe: (cell: Cell | null) => void;
}) {
  const t = useTranslations('inspect');
  const views = useMemo(() => channelViews(snapshot, element, map), [snapshot, element, map]);
  return (
    <div className="flex flex-col gap-2">
      <div className="grid grid-cols-[repeat(auto-fit,minmax(7.5rem,1fr))] gap-2">
        {views.map((view, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- channels are their positions
          <figure key={index} className="m-0">
            <ViewCanvas view={view} label={t('picture.channel', { index })} onProbe={onProbe} />
            <figcaption className="mt-0.5 text-center text-[11px] text-muted-foreground">
              {t('channelOf', { index })}
            </figcaption>
          </figure>
        ))}
      </div>
      <fieldset className="flex gap-1" aria-label={t('colors')}>
        {(['diverging', 'rising', 'grey'] as const).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={map === each}
            onClick={() => onMap(each)}
            className={clsx(
              'h-6 rounded px-2 text-xs',
              map === each ? 'bg-accent text-accent-foreground' : 'text-muted-foreground hover:bg-muted',
            )}
          >
            {t(`map.${each}`)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

/** The latent through its first stage, asked for when the tab is opened. */
function Decoded({
  decode,
  element,
}: {
  readonly decode: (signal: AbortSignal) => Promise<Snapshot>;
  readonly element: number;
}) {
  const t = useTranslations('inspect');
  const [found, setFound] = useState<{
    by: typeof decode;
    is: { snapshot: Snapshot } | { error: LoomError };
  } | null>(null);
  // What another latent decoded to is not this one's picture.
  const state = found?.by === decode ? found.is : null;
  useEffect(() => {
    const abort = new AbortController();
    decode(abort.signal).then(
      (snapshot) => !abort.signal.aborted && setFound({ by: decode, is: { snapshot } }),
      (error: unknown) =>
        !abort.signal.aborted && setFound({ by: decode, is: { error: toLoomError(error) } }),
    );
    return () => abort.abort();
  }, [decode]);
  if (state === null)
    return (
      <output className="flex aspect-square items-center justify-center gap-2 rounded-md bg-muted text-xs text-muted-foreground">
        <LoaderCircle size={16} className="animate-spin" /> {t('decoding')}
      </output>
    );
  if ('error' in state)
    return (
      <p role="alert" className="rounded-md bg-destructive-soft p-2 text-xs text-destructive">
        {state.error.message}
      </p>
    );
  const view = viewOf(state.snapshot, 'image', element);
  return view ? <ViewCanvas view={view} smooth label={t('picture.decoded')} /> : null;
}

/** What stands under the cursor, and what it means. */
function Readout({
  snapshot,
  element,
  cell,
}: {
  readonly snapshot: TensorSnapshot;
  readonly element: number;
  readonly cell: Cell | null;
}) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const values = cell ? valuesAt(snapshot, element, cell.x, cell.y) : [];
  const word = (value: number): string => {
    if (snapshot.kind === 'semantic-map') return `${value} ${snapshot.labels.labels[value]?.name ?? '?'}`;
    if (snapshot.kind === 'codes') return String(value);
    return Number.isFinite(value)
      ? format.number(value, { minimumFractionDigits: 4, maximumFractionDigits: 4, signDisplay: 'negative' })
      : String(value);
  };
  return (
    <p
      className="min-h-9 rounded-md bg-muted px-2 py-1 font-mono text-[11px] leading-[14px] text-muted-foreground"
      aria-live="polite"
    >
      {cell ? (
        <>
          <span>
            ({cell.x}, {cell.y})
          </span>{' '}
          <span className="text-foreground">{values.map(word).join('  ')}</span>
        </>
      ) : (
        t('probeHint')
      )}
    </p>
  );
}

function Numbers({ snapshot, element }: { readonly snapshot: TensorSnapshot; readonly element: number }) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const figures = useMemo(() => {
    if (snapshot.kind === 'semantic-map' || snapshot.kind === 'codes') return null;
    const whole = tensorStats(elementOf(snapshot, element));
    const gaussian = snapshot.kind === 'latent' || snapshot.kind === 'noise';
    const [low, high] = gaussian ? [-4, 4] : snapshot.kind === 'image' ? [-1, 1] : [0, 1];
    return {
      whole: { ...whole, firstBad: whole.firstBad && { ...whole.firstBad, batch: element } },
      channels: channelStats(snapshot, element),
      histogram: histogram(elementOf(snapshot, element).data, 64, low, high),
      gaussian,
    };
  }, [snapshot, element]);
  if (snapshot.kind === 'codes') {
    const usage = codeUsage(new Int32Array(elementOf(snapshot, element).data));
    return (
      <div className="flex flex-col gap-2 text-xs">
        <p>
          {t('codes', {
            distinct: usage.distinct,
            entries: snapshot.entries ?? rangeOf(snapshot.data)[1] + 1,
            perplexity: format.number(usage.perplexity, { maximumFractionDigits: 1 }),
          })}
        </p>
        <ul className="flex flex-wrap gap-1" aria-label={t('codesMost')}>
          {usage.counts.slice(0, 24).map(({ code, count }) => (
            <li key={code} className="flex items-center gap-1 rounded bg-muted px-1.5 py-0.5 tabular-nums">
              <span
                className="size-2.5 rounded-[2px]"
                style={{ backgroundColor: `rgb(${codeColor(code).map(Math.round).join(' ')})` }}
                aria-hidden
              />
              {code}
              <span className="text-muted-foreground">×{count}</span>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  if (snapshot.kind === 'semantic-map') {
    const usage = codeUsage(Int32Array.from(elementOf(snapshot, element).data));
    const total = usage.counts.reduce((sum, { count }) => sum + count, 0);
    return (
      <ul className="flex flex-col gap-0.5 text-xs" aria-label={t('labels')}>
        {usage.counts.map(({ code, count }) => (
          <li key={code} className="flex items-center gap-2">
            <span
              className="size-3 rounded-sm border border-input"
              style={{ backgroundColor: snapshot.labels.labels[code]?.color }}
              aria-hidden
            />
            <span className="flex-1">
              {snapshot.labels.labels[code]?.name ?? t('unknownLabel', { index: code })}
            </span>
            <span className="tabular-nums">
              {format.number(count / total, { style: 'percent', maximumFractionDigits: 1 })}
            </span>
          </li>
        ))}
      </ul>
    );
  }
  if (!figures) return null;
  const out = figures.histogram.below + figures.histogram.above;
  return (
    <div className="flex flex-col gap-3">
      <figure className="m-0">
        <figcaption className="flex items-baseline justify-between text-xs">
          <span className="font-medium">{t('histogram')}</span>
          <span className="text-muted-foreground">
            {figures.gaussian && t('normal')} {out > 0 && t('outOfRange', { count: out })}
          </span>
        </figcaption>
        <HistogramPlot
          histogram={figures.histogram}
          label={t('histogramOf', {
            mean: format.number(figures.whole.mean ?? 0, { maximumFractionDigits: 3 }),
            std: format.number(figures.whole.std ?? 0, { maximumFractionDigits: 3 }),
          })}
          color={`var(--k-${snapshot.kind})`}
          normal={figures.gaussian}
        />
      </figure>
      <StatsTable
        whole={figures.whole}
        channels={figures.channels}
        {...(snapshot.kind === 'image' ? { names: ['R', 'G', 'B'] } : {})}
      />
    </div>
  );
}
