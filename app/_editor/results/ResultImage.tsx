'use client';
/** A result's picture. Without a label it only decorates what is named elsewhere. */
import { clsx } from 'clsx';
import type { Result } from '../../_state/results';

export function ResultImage({
  result,
  label,
  className,
}: {
  readonly result: Result;
  readonly label: string;
  readonly className?: string;
}) {
  return (
    // oxlint-disable-next-line nextjs/no-img-element -- an address of this page's own memory: there is nothing to optimise
    <img
      src={result.url}
      alt={label}
      width={result.width}
      height={result.height}
      loading="lazy"
      decoding="async"
      draggable={false}
      className={clsx('block', result.width < 128 && '[image-rendering:pixelated]', className)}
    />
  );
}
