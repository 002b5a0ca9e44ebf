'use client';
/** The painters. Their code comes at the first interaction with the page; the picture stands there before it. */
import { lazy, Suspense, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { pictureSize } from '@/nodes/_shared/picture-size';
import { catalogStore, packageFeeding } from '../../_state/catalog';
import { useWorkspace } from '../../_state/workspace';
import { useFirstInteraction } from '../../_ui/first-interaction';
import { checker, labelList, labelRow, Swatch } from '../../_painter/parts';
import { pictureNear } from './picture-near';
import type { WidgetDescriptor, WidgetProps } from './widget';
import { wantedSize } from './wanted-size';

const SemanticMapPainter = lazy(() =>
  import('../../_painter/SemanticMapPainter').then((module) => ({ default: module.SemanticMapPainter })),
);
const MaskPainter = lazy(() =>
  import('../../_painter/MaskPainter').then((module) => ({ default: module.MaskPainter })),
);

/**
 * What was painted last, in the painter's place until it is there: as large as the painter will be, so that a graph
 * fitted before is fitted after.
 */
function Painted({ value, below }: { readonly value: unknown; readonly below: ReactNode }) {
  const { width, height } = pictureSize(typeof value === 'string' ? value : null) ?? { width: 1, height: 1 };
  return (
    <div aria-hidden className="flex flex-col gap-2">
      <div
        className="w-full overflow-hidden rounded-md border border-border"
        style={{ ...checker, aspectRatio: `${width} / ${height}` }}
      >
        {/* A data URL of the document: nothing is optimised or fetched. */}
        {/* oxlint-disable-next-line nextjs/no-img-element */}
        {typeof value === 'string' && value.startsWith('data:') && (
          <img src={value} alt="" className="size-full [image-rendering:pixelated]" />
        )}
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
  const there = useFirstInteraction();
  const labels = packages.find((facts) => facts.id === feeding)?.labels;
  if (labels === undefined) return <p className="text-[11.5px] text-muted-foreground">{t('no-labels')}</p>;
  const painted = (
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
  );
  return (
    <div className="nodrag nowheel nopan">
      <Suspense fallback={painted}>
        {there ? (
          <SemanticMapPainter
            value={typeof value === 'string' ? value : null}
            labels={labels}
            readOnly={disabled}
            onChange={(next) => {
              set(next);
              seal();
            }}
          />
        ) : (
          painted
        )}
      </Suspense>
    </div>
  );
}

export function MaskPainterWidget({ node, value, disabled, set, seal }: WidgetProps) {
  const there = useFirstInteraction();
  const painted = <Painted value={value} below={<div className="h-[114px]" />} />;
  const image = useWorkspace(({ inference }) => pictureNear(inference, node));
  const width = useWorkspace(({ inference }) => wantedSize(inference, node)?.width);
  const height = useWorkspace(({ inference }) => wantedSize(inference, node)?.height);
  return (
    <div className="nodrag nowheel nopan">
      <Suspense fallback={painted}>
        {there ? (
          <MaskPainter
            value={typeof value === 'string' ? value : null}
            image={image ?? null}
            {...(width === undefined || height === undefined ? {} : { size: { width, height } })}
            readOnly={disabled}
            onChange={(next) => {
              set(next);
              seal();
            }}
          />
        ) : (
          painted
        )}
      </Suspense>
    </div>
  );
}

export const mapPainterWidget: WidgetDescriptor<'map-painter'> = {
  name: 'map-painter',
  component: MapPainterWidget,
  layout: 'stacked',
};

export const maskPainterWidget: WidgetDescriptor<'mask-painter'> = {
  name: 'mask-painter',
  component: MaskPainterWidget,
  layout: 'stacked',
};
