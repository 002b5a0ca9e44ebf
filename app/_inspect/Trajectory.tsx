'use client';
/** How a sampling went: walk and play its steps, look at x_t and the predicted x₀, branch from any of them. */
import {
  ChevronFirst,
  ChevronLast,
  ChevronLeft,
  ChevronRight,
  GitBranch,
  LoaderCircle,
  Pause,
  Play,
  TriangleAlert,
} from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { toLoomError, type LoomError } from '@/engine/types';
import { Button, IconButton } from '../_ui/Button';
import type { InspectClient, Snapshot, TrajectorySummary } from '../_snapshots/messages';
import { LinePlot } from './plots';
import { elementOf, shapeOf } from '../_snapshots/stats';
import { ViewCanvas } from './ViewCanvas';
import { linearRgbView, pcaView, viewOf } from '../_snapshots/views';
import { pca } from '../_snapshots/pca';

export interface Branch {
  readonly node: string;
  /** Steps already done: x_t before this step is where the branch begins. */
  readonly step: number;
  readonly sigma: number;
}
export interface TrajectoryProps {
  readonly client: InspectClient;
  /** The sampler's node; null shows what to do. */
  readonly node: string | null;
  readonly title: string;
  readonly version: number;
  readonly onBranch?: ((branch: Branch) => void) | undefined;
}
type Variant = 'rgb' | 'pca' | 'decoded';
type Steps = Awaited<ReturnType<InspectClient['trajectoryStep']>>;

/** Milliseconds that a step stays when played. */
const pace = 160;

export function Trajectory({ client, node, title, version, onBranch }: TrajectoryProps) {
  const t = useTranslations('inspect');
  const [summary, setSummary] = useState<TrajectorySummary | null | undefined>();
  const [error, setError] = useState<LoomError | null>(null);
  useEffect(() => {
    if (node === null) return undefined;
    const abort = new AbortController();
    client.trajectory(node, abort.signal).then(
      (found) => {
        if (abort.signal.aborted) return;
        setSummary(found);
        setError(null);
      },
      (thrown: unknown) => !abort.signal.aborted && setError(toLoomError(thrown)),
    );
    return () => abort.abort();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a new version is asked for anew
  }, [client, node, version]);

  if (error)
    return (
      <p role="alert" className="m-3 rounded-md bg-destructive-soft p-2 text-xs text-destructive">
        {error.message}
      </p>
    );
  if (node === null || summary === null || (summary && (summary.steps.length === 0 || summary.node !== node)))
    return (
      <p className="p-8 text-center text-xs text-muted-foreground">
        {t(node === null ? 'chooseSampler' : 'noTrajectory')}
      </p>
    );
  if (!summary)
    return <output className="block p-8 text-center text-xs text-muted-foreground">{t('loading')}</output>;
  return (
    <Walk key={node} client={client} summary={summary} title={title} version={version} onBranch={onBranch} />
  );
}

function Walk({
  client,
  summary,
  title,
  version,
  onBranch,
}: {
  readonly client: InspectClient;
  readonly summary: TrajectorySummary;
  readonly title: string;
  readonly version: number;
  readonly onBranch: TrajectoryProps['onBranch'];
}) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const { steps, node } = summary;
  const [chosen, setIndex] = useState(steps.length - 1);
  const index = Math.min(chosen, steps.length - 1);
  const step = steps[index];
  const [playing, setPlaying] = useState(false);
  const [variant, setVariant] = useState<Variant>(summary.space.rgb ? 'rgb' : 'pca');
  const shown = useStep(client, node, step?.step ?? 0, version);

  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => setIndex((now) => (now >= steps.length - 1 ? 0 : now + 1)), pace);
    return () => clearInterval(timer);
  }, [playing, steps.length]);
  const go = (to: number): void => {
    setPlaying(false);
    setIndex(Math.min(steps.length - 1, Math.max(0, to)));
  };

  const number = (value: number): string => format.number(value, { maximumSignificantDigits: 4 });
  const bad = steps.find(({ x, denoised }) => x.firstBad !== null || denoised.firstBad !== null);
  const variants: readonly Variant[] = summary.space.rgb ? ['rgb', 'pca', 'decoded'] : ['pca', 'decoded'];
  const numbers = steps.map((each) => each.step);
  if (!step) return null;
  return (
    <section className="flex h-full flex-col gap-3 overflow-auto p-3" aria-label={title}>
      <header className="flex items-center gap-2">
        <h3 className="min-w-0 flex-1 truncate text-[13px] font-semibold">{title}</h3>
        <fieldset className="flex gap-0.5 rounded-md bg-muted p-0.5" aria-label={t('views')}>
          {variants.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={variant === each}
              onClick={() => setVariant(each)}
              className={
                variant === each
                  ? 'h-6 rounded bg-card px-2 text-xs font-medium shadow-sm'
                  : 'h-6 rounded px-2 text-xs text-muted-foreground'
              }
            >
              {t(`view.${each}`)}
            </button>
          ))}
        </fieldset>
      </header>
      {bad && (
        <button
          type="button"
          onClick={() => go(steps.indexOf(bad))}
          className="flex items-start gap-1.5 rounded-md bg-destructive-soft px-2 py-1.5 text-left text-xs text-destructive"
        >
          <TriangleAlert size={14} className="mt-px shrink-0" />
          {t('nanStep', {
            step: bad.step + 1,
            which: bad.x.firstBad ? 'x' : 'x̂₀',
            channel: (bad.x.firstBad ?? bad.denoised.firstBad)?.channel ?? 0,
            x: (bad.x.firstBad ?? bad.denoised.firstBad)?.x ?? 0,
            y: (bad.x.firstBad ?? bad.denoised.firstBad)?.y ?? 0,
          })}
        </button>
      )}
      <div className="grid grid-cols-2 gap-2">
        {(['x', 'denoised'] as const).map((which) => (
          <figure key={which} className="m-0 min-w-0">
            {variant === 'decoded' ? (
              <DecodedStep
                client={client}
                node={node}
                step={step.step}
                which={which}
                version={version}
                hold={playing}
              />
            ) : (
              <LatentPicture snapshot={shown?.[which]} variant={variant} label={t(`trajectory.${which}`)} />
            )}
            <figcaption className="mt-1 text-center text-[11px] text-muted-foreground">
              {t(`trajectory.${which}`)}
            </figcaption>
          </figure>
        ))}
      </div>
      <div className="flex flex-col gap-1">
        <input
          type="range"
          min={0}
          max={steps.length - 1}
          value={index}
          onChange={(event) => go(event.target.valueAsNumber)}
          aria-label={t('scrub')}
          aria-valuetext={t('stepOf', {
            step: step.step + 1,
            total: summary.total,
            sigma: number(step.sigma),
          })}
          className="h-5 w-full accent-primary"
        />
        <div className="flex items-center gap-0.5">
          <IconButton small label={t('first')} onClick={() => go(0)}>
            <ChevronFirst size={16} />
          </IconButton>
          <IconButton small label={t('previous')} onClick={() => go(index - 1)}>
            <ChevronLeft size={16} />
          </IconButton>
          <IconButton small label={t(playing ? 'pause' : 'play')} onClick={() => setPlaying(!playing)}>
            {playing ? <Pause size={15} /> : <Play size={15} />}
          </IconButton>
          <IconButton small label={t('next')} onClick={() => go(index + 1)}>
            <ChevronRight size={16} />
          </IconButton>
          <IconButton small label={t('last')} onClick={() => go(steps.length - 1)}>
            <ChevronLast size={16} />
          </IconButton>
          <span className="flex-1 px-1 text-right text-xs text-muted-foreground tabular-nums">
            {t('stepOf', { step: step.step + 1, total: summary.total, sigma: number(step.sigma) })}
          </span>
        </div>
        {onBranch && (
          <Button
            small
            variant="outline"
            onClick={() => onBranch({ node, step: step.step, sigma: step.sigma })}
          >
            <GitBranch size={14} /> {t('branch', { step: step.step + 1 })}
          </Button>
        )}
      </div>
      <LinePlot
        title={t('noiseLevel')}
        series={[{ name: 'σ', color: 'var(--k-schedule)', values: steps.map(({ sigma }) => sigma) }]}
        steps={numbers}
        at={index}
        onPick={go}
        log
      />
      <LinePlot
        title={t('norms')}
        series={[
          { name: 'x', color: 'var(--k-noise)', dashed: true, values: steps.map(({ xNorm }) => xNorm) },
          { name: 'x̂₀', color: 'var(--k-latent)', values: steps.map(({ denoisedNorm }) => denoisedNorm) },
        ]}
        steps={numbers}
        at={index}
        onPick={go}
      />
      <LinePlot
        title={t('change')}
        series={[{ name: '‖Δx̂₀‖', color: 'var(--k-sampler)', values: steps.map(({ change }) => change) }]}
        steps={numbers}
        at={index}
        onPick={go}
      />
      <details className="text-xs">
        <summary className="text-muted-foreground">{t('asTable')}</summary>
        <StepTable summary={summary} index={index} onPick={go} />
      </details>
      <p className="text-[11px] text-muted-foreground">
        {t('kept', {
          kept: steps.length,
          total: summary.total,
          size: format.number(summary.bytes / 2 ** 20, { maximumSignificantDigits: 2 }),
          budget: format.number(summary.budget / 2 ** 20, { maximumFractionDigits: 0 }),
        })}
      </p>
    </section>
  );
}

function StepTable({
  summary,
  index,
  onPick,
}: {
  readonly summary: TrajectorySummary;
  readonly index: number;
  readonly onPick: (index: number) => void;
}) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const number = (value: number | null): string =>
    value === null ? '–' : format.number(value, { maximumSignificantDigits: 4 });
  return (
    <table className="mt-1 w-full tabular-nums">
      <thead className="text-muted-foreground">
        <tr>
          <th scope="col" className="text-left font-normal">
            {t('step')}
          </th>
          {['σ', '‖x‖', '‖x̂₀‖', t('changeShort'), 'NaN'].map((name) => (
            <th key={name} scope="col" className="text-right font-normal">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {summary.steps.map((each, row) => (
          <tr
            key={each.step}
            className={
              row === index
                ? 'border-t border-border bg-accent text-accent-foreground'
                : 'border-t border-border'
            }
          >
            <th scope="row" className="py-0.5 text-left font-normal">
              <button
                type="button"
                className="underline-offset-2 hover:underline"
                aria-current={row === index ? 'step' : undefined}
                onClick={() => onPick(row)}
              >
                {each.step + 1}
              </button>
            </th>
            {[each.sigma, each.xNorm, each.denoisedNorm, each.change, each.x.nan + each.denoised.nan].map(
              (value, column) => (
                // oxlint-disable-next-line react/no-array-index-key -- columns are their positions
                <td key={column} className="py-0.5 text-right">
                  {number(value)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function LatentPicture({
  snapshot,
  variant,
  label,
}: {
  readonly snapshot: Snapshot | undefined;
  readonly variant: 'rgb' | 'pca';
  readonly label: string;
}) {
  const view = useMemo(() => {
    if (snapshot?.kind !== 'latent') return undefined;
    if (variant === 'rgb' && snapshot.space.rgb) return linearRgbView(snapshot, 0, snapshot.space.rgb);
    return pcaView(elementOf(snapshot, 0), 0, pca(snapshot, 0));
  }, [snapshot, variant]);
  if (!view || snapshot?.kind !== 'latent') return <div className="aspect-square rounded-md bg-muted" />;
  const { width, height } = shapeOf(snapshot);
  return <ViewCanvas view={view} label={`${label}, ${width} × ${height}`} />;
}

/** Both tensors of a step, remembered for this version; the last one stays until the next is there. */
function useStep(client: InspectClient, node: string, step: number, version: number): Steps | undefined {
  const cache = useRef<{ version: number; steps: Map<number, Steps> }>({ version, steps: new Map() });
  const [shown, setShown] = useState<Steps | undefined>();
  useEffect(() => {
    if (cache.current.version !== version) cache.current = { version, steps: new Map() };
    const { steps } = cache.current;
    const known = steps.get(step);
    if (known) {
      setShown(known);
      return undefined;
    }
    const abort = new AbortController();
    client.trajectoryStep(node, step, abort.signal).then(
      (found) => {
        steps.set(step, found);
        if (!abort.signal.aborted) setShown(found);
      },
      // A step that a new run has replaced: the summary that follows names the new ones.
      () => undefined,
    );
    return () => abort.abort();
  }, [client, node, step, version]);
  return shown;
}

/** One tensor of a step through the first stage; decoding waits until the scrubber rests. */
function DecodedStep({
  client,
  node,
  step,
  which,
  version,
  hold,
}: {
  readonly client: InspectClient;
  readonly node: string;
  readonly step: number;
  readonly which: 'x' | 'denoised';
  readonly version: number;
  readonly hold: boolean;
}) {
  const t = useTranslations('inspect');
  const [cache] = useState(() => new Map<string, Snapshot>());
  const [state, setState] = useState<{ key: string; snapshot?: Snapshot; error?: LoomError } | null>(null);
  const key = `${version} ${step}`;
  const known = cache.get(key);
  const decode = useCallback(
    async (signal: AbortSignal) => {
      try {
        const snapshot = await client.decodeStep(node, step, which, signal);
        cache.set(key, snapshot);
        if (!signal.aborted) setState({ key, snapshot });
      } catch (error) {
        if (!signal.aborted) setState({ key, error: toLoomError(error) });
      }
    },
    [cache, client, node, step, which, key],
  );
  useEffect(() => {
    if (known || hold) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => void decode(abort.signal), 200);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [known, hold, decode]);
  const snapshot = known ?? state?.snapshot;
  const view = useMemo(() => (snapshot ? viewOf(snapshot, 'image') : undefined), [snapshot]);
  if (state?.error && state.key === key)
    return (
      <p
        role="alert"
        className="flex aspect-square items-center rounded-md bg-destructive-soft p-2 text-xs text-destructive"
      >
        {state.error.message}
      </p>
    );
  return (
    <div className="relative">
      {view ? (
        <ViewCanvas view={view} smooth label={t(`trajectory.${which}`)} />
      ) : (
        <div className="aspect-square rounded-md bg-muted" />
      )}
      {!known && (
        <output
          className="absolute right-1.5 bottom-1.5 rounded-full bg-popover p-1 text-muted-foreground shadow"
          aria-label={t('decoding')}
        >
          <LoaderCircle size={14} className="animate-spin" />
        </output>
      )}
    </div>
  );
}
