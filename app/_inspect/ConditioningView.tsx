'use client';
/** What a U-Net is conditioned on: the tokens with the length of their vectors, the class, the map. */
import { clsx } from 'clsx';
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { SnapshotOf } from '../_snapshots/messages';
import { ViewCanvas } from './ViewCanvas';
import { channelViews, gridView, labelView, planeView } from '../_snapshots/views';

type Conditioning = SnapshotOf<'conditioning'>;
type Part = Conditioning['entries'][number]['parts'][number];

export function ConditioningView({ snapshot }: { readonly snapshot: Conditioning }) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const percent = (value: number): string => format.number(value, { style: 'percent' });
  return (
    <div className="flex flex-col gap-4">
      {snapshot.entries.map((entry, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- entries are their positions
        <section key={index} className="flex flex-col gap-3">
          {(snapshot.entries.length > 1 || entry.weight !== 1 || entry.start > 0 || entry.end < 1) && (
            <p className="text-xs text-muted-foreground">
              {t('entry', {
                index: index + 1,
                weight: entry.weight,
                start: percent(entry.start),
                end: percent(entry.end),
              })}
            </p>
          )}
          {entry.parts.length === 0 && <p className="text-xs text-muted-foreground">{t('noParts')}</p>}
          {entry.parts.map((part) => (
            <PartView key={part.part} part={part} />
          ))}
        </section>
      ))}
    </div>
  );
}

function PartView({ part }: { readonly part: Part }) {
  const t = useTranslations('inspect');
  return (
    <div className="flex flex-col gap-1.5">
      <h4 className="flex items-baseline gap-2 text-xs font-medium">
        {t(`part.${part.part}`)}
        <span className="font-normal text-muted-foreground tabular-nums">{part.dims.join(' × ')}</span>
      </h4>
      {part.label !== '' && <p className="rounded-md bg-muted px-2 py-1.5 text-xs">{part.label}</p>}
      {part.tokens ? (
        <Tokens part={part} tokens={part.tokens} />
      ) : (
        part.norms.length > 0 && <Norms norms={part.norms} />
      )}
      {part.overflow !== '' && (
        <p className="rounded-md bg-warning-soft px-2 py-1.5 text-xs text-warning">
          {t('overflow', { text: part.overflow })}
        </p>
      )}
      <Concat part={part} />
    </div>
  );
}

function Norms({ norms }: { readonly norms: readonly number[] }) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  return (
    <p className="text-xs text-muted-foreground">
      {t('norm')}: {norms.map((norm) => format.number(norm, { maximumFractionDigits: 2 })).join(', ')}
    </p>
  );
}

function Tokens({ part, tokens }: { readonly part: Part; readonly tokens: NonNullable<Part['tokens']> }) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const most = Math.max(...part.norms, 1e-9);
  // Padding behind the last word says nothing: one line stands for all of it.
  const lastWord = tokens.findLastIndex((token) => !token.special);
  const shown = tokens.slice(0, Math.max(1, lastWord + 1));
  return (
    <table className="w-full text-xs">
      <caption className="sr-only">{t('tokens')}</caption>
      <thead className="text-muted-foreground">
        <tr>
          <th scope="col" className="w-8 pb-1 text-right font-normal">
            {t('position')}
          </th>
          <th scope="col" className="pb-1 pl-3 text-left font-normal">
            {t('token')}
          </th>
          <th scope="col" className="w-12 pb-1 text-right font-normal">
            {t('id')}
          </th>
          <th scope="col" className="w-28 pb-1 pl-3 text-left font-normal">
            {t('norm')}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((token, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- tokens are their positions
          <tr key={index} className="border-t border-border">
            <td className="py-0.5 text-right text-muted-foreground tabular-nums">{index}</td>
            <td className="py-0.5 pl-3">
              <span
                className={clsx(
                  'rounded px-1 font-mono',
                  !token.known
                    ? 'bg-warning-soft text-warning'
                    : token.special
                      ? 'text-muted-foreground'
                      : 'bg-muted',
                )}
              >
                {token.text}
              </span>
              {!token.known && <span className="ml-1 text-warning">{t('unknown')}</span>}
            </td>
            <td className="py-0.5 text-right text-muted-foreground tabular-nums">{token.id}</td>
            <td className="py-0.5 pl-3 whitespace-nowrap tabular-nums">
              {format.number(part.norms[index] ?? 0, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}
              <span
                className="ml-1.5 inline-block h-1.5 w-14 overflow-hidden rounded-full bg-muted align-middle"
                aria-hidden
              >
                <span
                  className="block h-full rounded-full bg-[var(--k-conditioning)]"
                  style={{ width: `${((part.norms[index] ?? 0) / most) * 100}%` }}
                />
              </span>
            </td>
          </tr>
        ))}
        {shown.length < tokens.length && (
          <tr className="border-t border-border text-muted-foreground">
            <td className="py-0.5 pl-11" colSpan={4}>
              {t('padding', { count: tokens.length - shown.length })}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Concat({ part }: { readonly part: Part }) {
  const t = useTranslations('inspect');
  const view = useMemo(() => {
    if (part.map) {
      const grid = { dims: part.dims, data: part.map.data };
      const [, height = 1, width = 1] = part.dims;
      return part.map.labels
        ? labelView(grid, 0, part.map.labels.labels)
        : planeView(part.map.data.subarray(0, height * width), width, height, 'grey');
    }
    if (!part.image) return undefined;
    const views = channelViews({ dims: part.dims, data: part.image }, 0, 'diverging');
    return gridView(views, Math.ceil(Math.sqrt(views.length)));
  }, [part]);
  return view ? <ViewCanvas view={view} label={t(`part.${part.part}`)} className="max-w-64" /> : null;
}
