'use client';
/** Says that a setting is swept, over how many values, and opens them. */
import { Grid3x3 } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { captionOfValue, sweepOf } from '../../_state/sweeps';
import { view } from '../../_state/view';
import { useWorkspace } from '../../_state/workspace';

export function SweepChip({
  node,
  param,
  label,
}: {
  readonly node: string;
  readonly param: string;
  readonly label: string;
}) {
  // Asked for by every field of every node: without sweeps there is nothing to go through.
  const place = useWorkspace(({ document }) => sweepOf(document, node, param)?.values);
  const t = useTranslations('sweep');
  if (place === undefined) return null;
  return (
    <button
      type="button"
      onClick={() => view.setState({ sweep: { node, param } })}
      title={place.map(captionOfValue).join(' · ')}
      aria-label={t('chip-label', { count: place.length, setting: label })}
      className="nodrag col-span-2 inline-flex w-fit items-center gap-1 rounded-full bg-accent px-2 py-0.5 text-[11px] text-accent-foreground hover:brightness-95"
    >
      <Grid3x3 size={11} />
      {t('chip', { count: place.length })}
    </button>
  );
}
