'use client';
import { TriangleAlert } from 'lucide-react';
import { useFormatter, useTranslations } from 'use-intl';
import type { TensorStats } from '../_snapshots/messages';

/** Mean, deviation, range and NaN count, of the whole and of each channel. */
export function StatsTable({
  whole,
  channels,
  names,
}: {
  readonly whole: TensorStats;
  readonly channels: readonly TensorStats[];
  /** Names of the channels where they have any (R, G, B). */
  readonly names?: readonly string[];
}) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const number = (value: number | null): string =>
    value === null ? '–' : format.number(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const row = (name: string, stats: TensorStats) => (
    <tr key={name} className="border-t border-border">
      <th scope="row" className="py-1 pr-2 text-left font-medium whitespace-nowrap">
        {name}
      </th>
      {[stats.mean, stats.std, stats.min, stats.max].map((value, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- columns are their positions
        <td key={index} className="py-1 pl-2 text-right tabular-nums">
          {number(value)}
        </td>
      ))}
      <td
        className={
          stats.nan + stats.infinite > 0
            ? 'py-1 pl-2 text-right font-medium text-destructive'
            : 'py-1 pl-2 text-right tabular-nums'
        }
      >
        {format.number(stats.nan + stats.infinite)}
      </td>
    </tr>
  );
  const bad = whole.firstBad;
  return (
    <div className="flex flex-col gap-2">
      {bad && (
        <p
          role="alert"
          className="flex items-start gap-1.5 rounded-md bg-destructive-soft px-2 py-1.5 text-xs text-destructive"
        >
          <TriangleAlert size={14} className="mt-px shrink-0" />
          {t('nanAt', {
            count: whole.nan + whole.infinite,
            channel: names?.[bad.channel] ?? String(bad.channel),
            x: bad.x,
            y: bad.y,
            element: bad.batch,
          })}
        </p>
      )}
      <table className="w-full text-xs">
        <caption className="sr-only">{t('stats')}</caption>
        <thead className="text-muted-foreground">
          <tr>
            <th scope="col" className="pb-1 text-left font-normal">
              {t('channel')}
            </th>
            {(['mean', 'std', 'min', 'max', 'nan'] as const).map((key) => (
              <th key={key} scope="col" className="pb-1 pl-2 text-right font-normal">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {row(t('all'), whole)}
          {channels.length > 1 && channels.map((stats, index) => row(names?.[index] ?? String(index), stats))}
        </tbody>
      </table>
    </div>
  );
}
