'use client';
/** Two values of one shape, and what is between them. */
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { Snapshot } from '../_snapshots/messages';
import { difference } from '../_snapshots/stats';
import { TensorView } from './TensorView';

const numeric = (snapshot: Snapshot): boolean => 'dims' in snapshot && snapshot.data instanceof Float32Array;
const family = (kind: string): string => (kind === 'noise' ? 'latent' : kind);

/** Why two snapshots have no difference; undefined when they have. */
export function incomparable(a: Snapshot, b: Snapshot): 'kind' | 'shape' | 'space' | undefined {
  if (!numeric(a) || !numeric(b) || !('dims' in a) || !('dims' in b)) return 'kind';
  if (family(a.kind) !== family(b.kind)) return 'kind';
  if ('space' in a && 'space' in b && a.space.space !== b.space.space) return 'space';
  return a.dims.join() === b.dims.join() ? undefined : 'shape';
}

export function DifferenceView({ a, b }: { readonly a: Snapshot; readonly b: Snapshot }) {
  const t = useTranslations('inspect');
  const format = useFormatter();
  const why = incomparable(a, b);
  const found = useMemo(
    () => (why === undefined && 'dims' in a && 'dims' in b ? difference(a, b) : undefined),
    [a, b, why],
  );
  if (!found || !('dims' in a))
    return <p className="text-xs text-muted-foreground">{t(`differs.${why ?? 'kind'}`)}</p>;
  const number = (value: number): string => format.number(value, { maximumSignificantDigits: 4 });
  const space = 'space' in a ? a.space : { space: '', channels: a.dims[1] ?? 1, factor: 1, rgb: null };
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs tabular-nums">
        <dt className="text-muted-foreground">{t('rms')}</dt>
        <dd className="m-0">{number(found.rms)}</dd>
        <dt className="text-muted-foreground">{t('meanAbsolute')}</dt>
        <dd className="m-0">{number(found.meanAbsolute)}</dd>
        <dt className="text-muted-foreground">{t('maxAbsolute')}</dt>
        <dd className="m-0">
          {t('maxAt', {
            value: number(found.maxAbsolute),
            channel: found.at.channel,
            x: found.at.x,
            y: found.at.y,
          })}
        </dd>
        {a.kind === 'image' ? (
          <>
            <dt className="text-muted-foreground">PSNR</dt>
            <dd className="m-0">{Number.isFinite(found.psnr) ? `${number(found.psnr)} dB` : t('equal')}</dd>
          </>
        ) : (
          found.cosine !== null && (
            <>
              <dt className="text-muted-foreground">{t('cosine')}</dt>
              <dd className="m-0">{number(found.cosine)}</dd>
            </>
          )
        )}
      </dl>
      {/* A difference has no colours of its own: its channels are shown around zero. */}
      <TensorView
        snapshot={{
          kind: 'latent',
          dims: [...found.grid.dims],
          data: found.grid.data,
          space: { ...space, rgb: null },
        }}
      />
    </div>
  );
}
