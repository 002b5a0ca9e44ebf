/** Margins and windows given in pixels, for latents and images alike. */
import { z } from 'zod';
import { LoomError } from '@/engine/types';

const side = (label: string) =>
  z.int().min(0).max(2048).default(0).meta({ label, unit: 'px', min: 0, max: 2048, step: 8 });

/** How much to add on each side. */
export const marginParams = {
  top: side('Top'),
  bottom: side('Bottom'),
  left: side('Left'),
  right: side('Right'),
};

/** A rectangle. */
export const windowParams = {
  x: side('Left edge'),
  y: side('Top edge'),
  width: z
    .int()
    .min(1)
    .max(4096)
    .default(256)
    .meta({ label: 'Width', unit: 'px', min: 1, max: 4096, step: 8 }),
  height: z
    .int()
    .min(1)
    .max(4096)
    .default(256)
    .meta({ label: 'Height', unit: 'px', min: 1, max: 4096, step: 8 }),
};

export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The window as (negative) padding of something `size` large. Throws `invalid-param` when it sticks out. */
export function cropPadding(
  window: Window,
  size: { readonly width: number; readonly height: number },
): { top: number; bottom: number; left: number; right: number } {
  const right = size.width - window.x - window.width;
  const bottom = size.height - window.y - window.height;
  if (right < 0 || bottom < 0) {
    const path = right < 0 ? 'width' : 'height';
    throw new LoomError(
      'invalid-param',
      `The window ends ${right < 0 ? -right : -bottom} beyond the ${right < 0 ? 'right' : 'bottom'} edge (size ${size.width}×${size.height}).`,
      { path },
      { fix: 'Make the window smaller or move it.' },
    );
  }
  return { top: -window.y, bottom: -bottom, left: -window.x, right: -right };
}

/** Each length divided by the factor of a latent space. Throws `invalid-param` where it does not divide. */
export function inCells<K extends string>(
  lengths: Readonly<Record<K, number>>,
  factor: number,
): Record<K, number> {
  const out: Partial<Record<K, number>> = {};
  for (const name of Object.keys(lengths) as K[]) {
    const pixels = lengths[name];
    if (pixels % factor !== 0) {
      throw new LoomError(
        'invalid-param',
        `${pixels} pixels are no whole number of latent cells of ${factor}.`,
        { path: name },
        { fix: `Use ${Math.round(pixels / factor) * factor}.` },
      );
    }
    out[name] = pixels / factor;
  }
  return out as Record<K, number>;
}
