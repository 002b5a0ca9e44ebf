'use client';
/** A view of a tensor, scaled up without smoothing; a pointer or the arrow keys read single cells. */
import { clsx } from 'clsx';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { View } from '../_snapshots/views';

export interface Cell {
  readonly x: number;
  readonly y: number;
}

export function ViewCanvas({
  view,
  label,
  smooth = false,
  onProbe,
  className,
}: {
  readonly view: View;
  /** Says what the picture shows; the numbers beside it say the same in text. */
  readonly label: string;
  /** Pictures are smoothed, cells are not. */
  readonly smooth?: boolean;
  /** The cell under the cursor; null when it leaves. Without it the picture takes no focus. */
  readonly onProbe?: (cell: Cell | null) => void;
  readonly className?: string;
}) {
  const t = useTranslations('inspect');
  const canvas = useRef<HTMLCanvasElement>(null);
  const [at, setAt] = useState<Cell | null>(null);
  const helpId = useId();
  const { width, height, rgba } = view;

  useEffect(() => {
    if (width > 0 && height > 0)
      canvas.current?.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [width, height, rgba]);

  const probe = (cell: Cell | null): void => {
    setAt(cell);
    onProbe?.(cell);
  };
  const keys = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const step = steps[event.key];
    if (event.key === 'Escape' && at) probe(null);
    else if (step) {
      const from = at ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
      probe({
        x: Math.min(width - 1, Math.max(0, from.x + step[0])),
        y: Math.min(height - 1, Math.max(0, from.y + step[1])),
      });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={clsx('relative overflow-hidden rounded-md border border-border bg-muted', className)}
      style={{ aspectRatio: `${width} / ${height}` }}
    >
      <canvas
        ref={canvas}
        width={width}
        height={height}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- drawn, not fetched
        role="img"
        aria-label={label}
        {...(onProbe
          ? {
              tabIndex: 0,
              'aria-describedby': helpId,
              onKeyDown: keys,
              onPointerMove: (event) => {
                const box = event.currentTarget.getBoundingClientRect();
                probe({
                  x: Math.min(
                    width - 1,
                    Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * width)),
                  ),
                  y: Math.min(
                    height - 1,
                    Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * height)),
                  ),
                });
              },
              onPointerLeave: () => probe(null),
              onBlur: () => probe(null),
            }
          : {})}
        className={clsx(
          'block size-full focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-ring',
          !smooth && '[image-rendering:pixelated]',
          onProbe && 'cursor-crosshair',
        )}
      />
      {at && onProbe && (
        <svg
          viewBox={`0 0 ${width} ${height}`}
          className="pointer-events-none absolute inset-0 size-full"
          aria-hidden
        >
          <rect
            x={at.x}
            y={at.y}
            width={1}
            height={1}
            fill="none"
            stroke="#000"
            strokeWidth={3}
            vectorEffect="non-scaling-stroke"
          />
          <rect
            x={at.x}
            y={at.y}
            width={1}
            height={1}
            fill="none"
            stroke="#fff"
            strokeWidth={1.5}
            vectorEffect="non-scaling-stroke"
          />
        </svg>
      )}
      {onProbe && (
        <span id={helpId} className="sr-only">
          {t('probeHelp')}
        </span>
      )}
    </div>
  );
}
