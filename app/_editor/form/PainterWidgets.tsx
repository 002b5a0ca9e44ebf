'use client';
/** The painters. Their code comes with the person's first sign of life; the picture stands there before it. */
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { shownPicture } from '../../_formats/picture/url';
import { pictureSize } from '@/nodes/_shared/picture-size';
import { catalogStore, packageFeeding } from '../../_state/catalog';
import { useWorkspace } from '../../_state/workspace';
import { checker, labelList, labelRow, Swatch } from '../../_painter/parts';
import { late } from '../../_ui/late';
import type { WidgetProps } from './props';

const mapPainter = late(async () => {
  const [{ SemanticMapPainter }, { LateMessages }] = await Promise.all([
    import('../../_painter/SemanticMapPainter'),
    import('../../_i18n/LateMessages'),
  ]);
  return { SemanticMapPainter, LateMessages };
});
const maskPainter = late(async () => {
  const [{ MaskPainter }, { LateMessages }, { pictureNear }, { wantedSize }] = await Promise.all([
    import('../../_painter/MaskPainter'),
    import('../../_i18n/LateMessages'),
    import('./picture-near'),
    import('./wanted-size'),
  ]);
  return { MaskPainter, LateMessages, pictureNear, wantedSize };
});

/**
 * What was painted last, in the painter's place until it is there: as large as the painter will be, so that a graph
 * fitted before is fitted after.
 */
function Painted({ value, below }: { readonly value: unknown; readonly below: ReactNode }) {
  const shown = shownPicture(value);
  const { width, height } = pictureSize(shown) ?? { width: 1, height: 1 };
  return (
    <div aria-hidden className="flex flex-col gap-2">
      <div
        className="w-full overflow-hidden rounded-md border border-border"
        style={{ ...checker, aspectRatio: `${width} / ${height}` }}
      >
        {/* A data URL of the document: nothing is optimised or fetched. */}
        {/* oxlint-disable-next-line nextjs/no-img-element */}
        {shown !== null && <img src={shown} alt="" className="size-full [image-rendering:pixelated]" />}
      </div>
      {below}
    </div>
  );
}

/** Paints with the labels of the package whose conditioner feeds the node. */
export function MapPainterWidget({ node, value, disabled, set, seal }: WidgetProps) {
  const t = useTranslations('painting');
  const feeding = useWorkspace(({ inference }) => packageFeeding(inference, node));
  const packages = useStore(catalogStore, (state) => state.packages);
  const labels = packages.find((facts) => facts.id === feeding)?.labels;
  const painter = mapPainter.use();
  if (labels === undefined) return <p className="text-[11.5px] text-muted-foreground">{t('no-labels')}</p>;
  return (
    <div className="nodrag nowheel nopan">
      {painter === undefined ? (
        <Painted
          value={value}
          below={
            <>
              <ul className={labelList}>
                {labels.labels.map(({ name, color }, index) => (
                  <li key={name} className={labelRow}>
                    <Swatch color={color} none={index === 0} />
                    <span className="min-w-0 flex-1 truncate">{name}</span>
                  </li>
                ))}
              </ul>
              <div className="h-[46px]" />
            </>
          }
        />
      ) : (
        <painter.LateMessages>
          <painter.SemanticMapPainter
            value={typeof value === 'string' ? value : null}
            labels={labels}
            readOnly={disabled}
            onChange={(next) => {
              set(next);
              seal();
            }}
          />
        </painter.LateMessages>
      )}
    </div>
  );
}

export function MaskPainterWidget({ node, value, disabled, set, seal }: WidgetProps) {
  const painter = maskPainter.use();
  const image = useWorkspace(({ inference }) => painter?.pictureNear(inference, node));
  const width = useWorkspace(({ inference }) => painter?.wantedSize(inference, node)?.width);
  const height = useWorkspace(({ inference }) => painter?.wantedSize(inference, node)?.height);
  return (
    <div className="nodrag nowheel nopan">
      {painter === undefined ? (
        <Painted value={value} below={<div className="h-[114px]" />} />
      ) : (
        <painter.LateMessages>
          <painter.MaskPainter
            value={typeof value === 'string' ? value : null}
            image={image ?? null}
            {...(width === undefined || height === undefined ? {} : { size: { width, height } })}
            readOnly={disabled}
            onChange={(next) => {
              set(next);
              seal();
            }}
          />
        </painter.LateMessages>
      )}
    </div>
  );
}
