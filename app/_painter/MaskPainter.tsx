'use client';
/** Paints a mask over a picture: what is covered is regenerated. */
import { FlipHorizontal2, Trash2 } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { pictureSize } from '@/nodes/_shared/picture-size';
import { Button, IconButton } from '../_ui/Button';
import { decodeMask, encodeMask, fromDataUrl, toDataUrl } from './indexed-png';
import { PaintSurface } from './PaintSurface';
import { PaintTools } from './PaintTools';
import { Ground, Refused } from './parts';
import { blank, feather, invert, resizeNearest, valueAt } from './raster';
import { usePainting } from './usePainting';
import { usePaintTools } from './usePaintTools';

export interface MaskPainterProps {
  /** Data URL of an 8-bit grey PNG, 255 = regenerate; null = nothing is masked. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  /** URL of the picture underneath. */
  readonly image?: string | null;
  /** What is wanted, where that is known; else what was painted is kept at its size, and a new mask is 256 × 256. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly readOnly?: boolean;
}

const sides = ({ width, height }: { readonly width: number; readonly height: number }): string =>
  `${width} × ${height}`;
const native = { width: 256, height: 256 };
/** Covers the picture in a colour that neither skin, sky nor grass has. */
const tint = [233, 30, 140] as const;

/** The painter in the size that is wanted; another size is another painting, with a history of its own. */
export function MaskPainter({ size, ...props }: MaskPainterProps) {
  const stored = pictureSize(props.value);
  const { width, height } = size ?? stored ?? native;
  const other = stored !== undefined && (stored.width !== width || stored.height !== height);
  return (
    <SizedPainter
      key={`${width}x${height}`}
      {...props}
      size={{ width, height }}
      stored={other ? stored : undefined}
    />
  );
}

function SizedPainter({
  value,
  onChange,
  image = null,
  size,
  stored,
  readOnly = false,
}: Required<Pick<MaskPainterProps, 'size'>> &
  Omit<MaskPainterProps, 'size'> & {
    /** The size of what is stored, where it is another. */
    readonly stored: MaskPainterProps['size'] | undefined;
  }) {
  const t = useTranslations('painter');
  const format = useFormatter();
  const featherId = useId();
  const [soft, setSoft] = useState(0);
  const control = usePainting({
    value,
    onChange,
    decode: (url) => resizeNearest(decodeMask(fromDataUrl(url)), size.width, size.height),
    encode: (raster) => toDataUrl(encodeMask(raster)),
    empty: () => blank(size.width, size.height),
  });
  const { raster } = control;
  const shown = useMemo(() => feather(raster, soft), [raster, soft]);
  const rgba = useMemo(() => {
    const pixels = new Uint8ClampedArray(shown.data.length * 4);
    for (let i = 0; i < shown.data.length; i++) {
      pixels.set(tint, i * 4);
      pixels[i * 4 + 3] = (shown.data[i] ?? 0) * 0.62;
    }
    return pixels;
  }, [shown]);
  const covered = useMemo(
    () => raster.data.reduce((sum, each) => sum + each, 0) / 255 / raster.data.length,
    [raster],
  );

  const tools = usePaintTools(['brush', 'erase', 'fill', 'rectangle'], control, 32, (key) => {
    if (key !== 'i' || readOnly) return false;
    control.commit(invert(raster));
    return true;
  });
  const { tool } = tools;

  return (
    <section className="nodrag flex flex-col gap-2" aria-label={t('mask')}>
      <PaintSurface
        raster={raster}
        rgba={rgba}
        tool={tool === 'erase' ? 'brush' : tool}
        size={tools.brush}
        value={tool === 'erase' ? 0 : 255}
        readOnly={readOnly}
        label={t('maskSurface')}
        help={t('help')}
        describe={(x, y) =>
          t('maskAt', { x, y, value: Math.round(((valueAt(raster, x, y) ?? 0) / 255) * 100) })
        }
        onShow={control.show}
        onCommit={control.commit}
        onKey={tools.onKey}
        backdrop={
          image === null ? (
            <Ground />
          ) : (
            // A picture of this page's own making: next/image has nothing to do for a blob.
            <img src={image} alt="" className="absolute inset-0 size-full object-fill" draggable={false} />
          )
        }
      />
      {!readOnly && (
        <>
          <PaintTools state={tools} control={control}>
            <IconButton
              small
              label={t('invert')}
              hotkey="KeyI"
              onClick={() => control.commit(invert(raster))}
            >
              <FlipHorizontal2 size={15} />
            </IconButton>
            <IconButton
              small
              label={t('clear')}
              disabled={value === null}
              onClick={() => control.commit(blank(size.width, size.height), null)}
            >
              <Trash2 size={15} />
            </IconButton>
          </PaintTools>
          <div className="flex items-center gap-2 text-xs text-muted-foreground">
            <label htmlFor={featherId}>{t('feather')}</label>
            <input
              id={featherId}
              type="range"
              min={0}
              max={24}
              step={0.5}
              value={soft}
              onChange={(event) => setSoft(event.target.valueAsNumber)}
              className="h-4 min-w-0 flex-1 accent-primary"
            />
            <output htmlFor={featherId} className="w-10 text-right tabular-nums">
              {t('pixels', { count: soft })}
            </output>
            <Button
              small
              variant="outline"
              disabled={soft === 0}
              onClick={() => {
                control.commit(shown);
                setSoft(0);
              }}
            >
              {t('featherApply')}
            </Button>
          </div>
        </>
      )}
      <p className="text-xs text-muted-foreground">
        {t('covered', { share: format.number(covered, { style: 'percent', maximumFractionDigits: 1 }) })}
      </p>
      {stored !== undefined && !readOnly && (
        <p className="flex flex-wrap items-center gap-2 rounded-md bg-muted px-2 py-1.5 text-xs">
          {t('otherSize', { stored: sides(stored), wanted: sides(size) })}
          <Button small variant="outline" onClick={() => onChange(toDataUrl(encodeMask(raster)))}>
            {t('takeSize', { wanted: sides(size) })}
          </Button>
        </p>
      )}
      <Refused error={control.error} />
    </section>
  );
}
