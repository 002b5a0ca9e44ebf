'use client';
/** Paints a semantic map: each pixel one label of the package's palette. */
import { clsx } from 'clsx';
import { Trash2, Upload } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { LoomError, toLoomError, type LabelSet } from '@/engine/types';
import { labelView } from '../_snapshots/views';
import { chooseFile } from '../_formats/disk';
import { fileLimit } from '../_formats/read-incoming';
import { IconButton } from '../_ui/Button';
import { decodeMap, encodeMap, fromDataUrl, toDataUrl } from './indexed-png';
import { PaintSurface } from './PaintSurface';
import { PaintTools } from './PaintTools';
import { Ground, labelList, labelRow, Refused, Swatch } from './parts';
import { blank, resizeNearest, shares, valueAt } from './raster';
import { usePainting } from './usePainting';
import { usePaintTools } from './usePaintTools';

export interface SemanticMapPainterProps {
  /** Data URL of an 8-bit PNG whose pixel values are label indices; null = nothing painted. */
  readonly value: string | null;
  readonly labels: LabelSet;
  readonly onChange: (value: string | null) => void;
  readonly size?: { readonly width: number; readonly height: number };
  readonly readOnly?: boolean;
}

const native = { width: 256, height: 256 };

export function SemanticMapPainter({
  value,
  labels,
  onChange,
  size = native,
  readOnly = false,
}: SemanticMapPainterProps) {
  const t = useTranslations('painter');
  const format = useFormatter();
  const [label, setLabel] = useState(Math.min(1, labels.labels.length - 1));
  const [refusal, setRefusal] = useState<LoomError | null>(null);
  const control = usePainting({
    value,
    onChange,
    decode: (url) => resizeNearest(decodeMap(fromDataUrl(url), labels), size.width, size.height),
    encode: (raster) => toDataUrl(encodeMap(raster, labels)),
    empty: () => blank(size.width, size.height),
  });
  const { raster } = control;
  const rgba = useMemo(() => {
    const view = labelView({ dims: [1, raster.height, raster.width], data: raster.data }, 0, labels.labels);
    // Label 0 is "none": there the model draws as it likes, and the ground shows through.
    for (let pixel = 0; pixel < raster.data.length; pixel++)
      if (raster.data[pixel] === 0) view.rgba[pixel * 4 + 3] = 0;
    return view.rgba;
  }, [raster, labels]);
  const blankMap = useMemo(() => raster.data.every((index) => index === 0), [raster]);
  const used = useMemo(() => shares(raster), [raster]);
  const nameOf = (index: number | undefined): string => labels.labels[index ?? -1]?.name ?? t('outside');

  const importFile = async (): Promise<void> => {
    const file = await chooseFile('image/png');
    if (!file) return;
    try {
      if (file.size > fileLimit) throw new LoomError('too-large', t('tooLarge'), { file: file.name });
      const map = decodeMap(new Uint8Array(await file.arrayBuffer()), labels);
      control.commit(resizeNearest(map, size.width, size.height));
      setRefusal(null);
    } catch (error) {
      setRefusal(toLoomError(error, 'bad-input'));
    }
  };
  const tools = usePaintTools(['brush', 'fill', 'rectangle'], control, 24, (key) => {
    if (!/^[0-9]$/.test(key) || Number(key) >= labels.labels.length) return false;
    setLabel(Number(key));
    return true;
  });
  return (
    <section className="@container nodrag flex flex-col gap-2" aria-label={t('map')}>
      <div className="grid gap-2 @md:grid-cols-[minmax(0,1fr)_11rem]">
        <PaintSurface
          raster={raster}
          rgba={rgba}
          tool={tools.tool === 'erase' ? 'brush' : tools.tool}
          size={tools.brush}
          value={label}
          readOnly={readOnly}
          label={t('surface')}
          help={t('help')}
          describe={(x, y) => t('at', { x, y, label: nameOf(valueAt(raster, x, y)) })}
          onShow={control.show}
          onCommit={control.commit}
          onKey={tools.onKey}
          backdrop={<Ground hint={blankMap ? t('nothingPainted') : undefined} />}
        />
        <ul className={labelList} aria-label={t('labels')}>
          {labels.labels.map(({ name, color }, index) => {
            const share = used.find(({ value: each }) => each === index)?.share ?? 0;
            return (
              <li key={name}>
                <button
                  type="button"
                  disabled={readOnly}
                  aria-pressed={label === index}
                  onClick={() => setLabel(index)}
                  className={clsx(
                    labelRow,
                    'transition-colors',
                    label === index ? 'bg-accent font-medium text-accent-foreground' : 'hover:bg-muted',
                  )}
                >
                  <Swatch color={color} none={index === 0} />
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                  <span className="text-[11px] tabular-nums opacity-80">
                    {share > 0
                      ? format.number(share, {
                          style: 'percent',
                          maximumFractionDigits: share < 0.01 ? 1 : 0,
                        })
                      : ''}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      </div>
      {!readOnly && (
        <PaintTools state={tools} control={control}>
          <IconButton
            small
            label={t('clear')}
            disabled={value === null}
            onClick={() => control.commit(blank(size.width, size.height), null)}
          >
            <Trash2 size={15} />
          </IconButton>
          <IconButton small label={t('import')} onClick={() => void importFile()}>
            <Upload size={15} />
          </IconButton>
        </PaintTools>
      )}
      <Refused error={refusal ?? control.error} />
    </section>
  );
}
