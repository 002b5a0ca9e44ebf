'use client';
/** Pictures as they come from the worker, drawn to canvases without a detour through files. */
import { clsx } from 'clsx';
import { useEffect, useRef } from 'react';
import type { Picture } from '../../_state/run-store';

/** One RGBA picture. Without a label it only decorates what is named elsewhere. */
export function PictureCanvas({
  picture,
  label,
  className,
}: {
  readonly picture: Picture;
  readonly label: string;
  readonly className?: string;
}) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    if (canvas === null) return;
    if (canvas.width !== picture.width) canvas.width = picture.width;
    if (canvas.height !== picture.height) canvas.height = picture.height;
    canvas.getContext('2d')?.putImageData(new ImageData(picture.rgba, picture.width, picture.height), 0, 0);
  }, [picture]);
  return (
    <canvas
      ref={ref}
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      width={picture.width}
      height={picture.height}
      className={clsx('block w-full', picture.width < 128 && '[image-rendering:pixelated]', className)}
      style={{ aspectRatio: `${picture.width} / ${picture.height}` }}
    />
  );
}

/** A node's pictures: one large, several as a grid. */
export function Pictures({
  pictures,
  label,
}: {
  readonly pictures: readonly Picture[];
  readonly label: string;
}) {
  return (
    <div
      className={clsx(
        'grid gap-0.5 overflow-hidden rounded-md bg-muted',
        pictures.length > 1 && 'grid-cols-2',
      )}
    >
      {pictures.map((picture, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the batch element is its identity
        <figure key={index}>
          <PictureCanvas
            picture={picture}
            label={
              picture.caption === undefined
                ? pictures.length > 1
                  ? `${label} ${index + 1}`
                  : label
                : `${label}: ${picture.caption}`
            }
          />
          {picture.caption !== undefined && (
            <figcaption aria-hidden className="truncate bg-card px-1 py-0.5 text-center text-[10.5px]">
              {picture.caption}
            </figcaption>
          )}
        </figure>
      ))}
    </div>
  );
}
