'use client';
/** Pictures as they come from the worker, drawn to canvases without a detour through files. */
import { clsx } from 'clsx';
import { useEffect, useRef } from 'react';
import type { Frame } from '../../_state/run';

/** One RGBA picture. Without a label it only decorates what is named elsewhere. */
export function FrameCanvas({
  frame,
  label,
  className,
}: {
  readonly frame: Frame;
  readonly label: string;
  readonly className?: string;
}) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    if (canvas === null) return;
    if (canvas.width !== frame.width) canvas.width = frame.width;
    if (canvas.height !== frame.height) canvas.height = frame.height;
    canvas.getContext('2d')?.putImageData(new ImageData(frame.rgba, frame.width, frame.height), 0, 0);
  }, [frame]);
  return (
    <canvas
      ref={ref}
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      width={frame.width}
      height={frame.height}
      className={clsx('block w-full', frame.width < 128 && '[image-rendering:pixelated]', className)}
      style={{ aspectRatio: `${frame.width} / ${frame.height}` }}
    />
  );
}

/** A node's pictures: one large, several as a grid. */
export function Frames({ frames, label }: { readonly frames: readonly Frame[]; readonly label: string }) {
  return (
    <div
      className={clsx('grid gap-0.5 overflow-hidden rounded-md bg-muted', frames.length > 1 && 'grid-cols-2')}
    >
      {frames.map((frame, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the batch element is its identity
        <FrameCanvas key={index} frame={frame} label={frames.length > 1 ? `${label} ${index + 1}` : label} />
      ))}
    </div>
  );
}
