'use client';
/** One value, whatever its kind. */
import { useFormatter, useTranslations } from 'use-intl';
import { ConditioningView } from './ConditioningView';
import type { Snapshot, SnapshotOf } from '../_snapshots/messages';
import { LinePlot } from './plots';
import { TensorView } from './TensorView';

/** What snapshots of models and samplers say ({@link ./snapshot}). */
const factKeys = [
  'space',
  'channels',
  'factor',
  'prediction',
  'timesteps',
  'nativeSize',
  'concatChannels',
  'contextWidth',
  'conditioner',
  'type',
  'entries',
  'tokens',
  'classes',
  'labels',
  'name',
] as const;
const isFact = (key: string): key is (typeof factKeys)[number] => factKeys.some((each) => each === key);

export function SnapshotView({
  snapshot,
  decode,
}: {
  readonly snapshot: Snapshot;
  readonly decode?: ((signal: AbortSignal) => Promise<Snapshot>) | undefined;
}) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  switch (snapshot.kind) {
    case 'conditioning':
      return <ConditioningView snapshot={snapshot} />;
    case 'schedule':
      return <ScheduleView snapshot={snapshot} />;
    case 'number':
      return (
        <p className="text-2xl font-medium tabular-nums">
          {format.number(snapshot.value, { maximumFractionDigits: 12 })}
        </p>
      );
    case 'text':
      return <p className="rounded-md bg-muted p-2 text-[13px] whitespace-pre-wrap">{snapshot.text}</p>;
    case 'facts':
      return (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
          {snapshot.facts.map(({ key, value }) => (
            <div key={key} className="contents">
              <dt className="text-muted-foreground">
                {isFact(key) ? t(`fact.${key}`) : key.replace(/^option:/, '')}
              </dt>
              <dd className="m-0 min-w-0 break-words">
                {typeof value === 'number'
                  ? format.number(value)
                  : typeof value === 'boolean'
                    ? t(value ? 'yes' : 'no')
                    : value}
              </dd>
            </div>
          ))}
        </dl>
      );
    case 'latent':
    case 'noise':
    case 'image':
    case 'mask':
    case 'semantic-map':
    case 'codes':
      return <TensorView snapshot={snapshot} decode={decode} />;
  }
}

function ScheduleView({ snapshot }: { readonly snapshot: SnapshotOf<'schedule'> }) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const sigmas = [...snapshot.sigmas];
  return (
    <div className="flex flex-col gap-3">
      <LinePlot
        title={t('sigmas')}
        series={[{ name: 'σ', color: 'var(--k-schedule)', values: sigmas }]}
        steps={sigmas.map((_, index) => index)}
        log
      />
      <details className="text-xs">
        <summary className="text-muted-foreground">{t('asTable')}</summary>
        <table className="mt-1 w-full">
          <thead className="text-muted-foreground">
            <tr>
              <th scope="col" className="text-left font-normal">
                {t('step')}
              </th>
              <th scope="col" className="text-right font-normal">
                σ
              </th>
            </tr>
          </thead>
          <tbody>
            {sigmas.map((sigma, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- steps are their positions
              <tr key={index} className="border-t border-border">
                <td className="py-0.5 tabular-nums">{index + 1}</td>
                <td className="py-0.5 text-right tabular-nums">
                  {format.number(sigma, { maximumSignificantDigits: 6 })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}
