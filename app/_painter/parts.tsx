'use client';
/** What both painters show beside the surface. */
import { useTranslations } from 'use-intl';
import type { LoomError } from '@/engine/types';

/** Where nothing is painted: the pattern that painting programs have for it. */
export const checker = {
  backgroundImage: 'repeating-conic-gradient(var(--muted) 0 25%, var(--card) 0 50%)',
  backgroundSize: '16px 16px',
} as const;

/** The labels of a package: two columns in a node, one beside the surface in a panel. */
export const labelList =
  'nowheel grid max-h-40 grid-cols-[repeat(auto-fill,minmax(7rem,1fr))] content-start gap-0.5 overflow-auto @md:max-h-none @md:grid-cols-1';
export const labelRow = 'flex h-7 w-full items-center gap-2 rounded-md px-1.5 text-left text-xs';

/** A label's colour; `none` shows the ground. */
export function Swatch({ color, none }: { readonly color: string; readonly none: boolean }) {
  return (
    <span
      className="size-4 shrink-0 rounded-sm border border-input"
      style={none ? checker : { backgroundColor: color }}
      aria-hidden
    />
  );
}

/** The checkered ground of a surface; `hint` stands on it while nothing is painted. */
export function Ground({ hint }: { readonly hint?: string | undefined }) {
  return (
    <div className="absolute inset-0 flex items-center justify-center" style={checker}>
      {hint !== undefined && (
        <span className="mx-6 rounded-md bg-card px-2.5 py-1.5 text-center text-xs text-muted-foreground">
          {hint}
        </span>
      )}
    </div>
  );
}

/** Why what is stored or was chosen is no painting. */
export function Refused({ error }: { readonly error: LoomError | undefined | null }) {
  const t = useTranslations('painter');
  if (!error) return null;
  return (
    <p role="alert" className="rounded-md bg-destructive-soft px-2 py-1.5 text-xs text-destructive">
      {t('refused', { reason: error.message })}
      {error.extra.fix !== undefined && <> {error.extra.fix}</>}
    </p>
  );
}
