'use client';
/** The painters, fetched when a node that has one is shown. */
import dynamic from 'next/dynamic';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { catalogStore, packageFeeding } from '../../_state/catalog';
import { useWorkspace } from '../../_state/workspace';
import type { WidgetProps } from './props';

const SemanticMapPainter = dynamic(() =>
  import('../../_painter/SemanticMapPainter').then((module) => module.SemanticMapPainter),
);
const MaskPainter = dynamic(() => import('../../_painter/MaskPainter').then((module) => module.MaskPainter));

/** Paints with the labels of the package whose conditioner feeds the node. */
export function MapPainterWidget({ node, value, disabled, set, seal }: WidgetProps) {
  const t = useTranslations('painting');
  const feeding = useWorkspace(({ inference }) => packageFeeding(inference, node));
  const packages = useStore(catalogStore, (state) => state.packages);
  const labels = packages.find((facts) => facts.id === feeding)?.labels;
  if (labels === undefined) return <p className="text-[11.5px] text-muted-foreground">{t('no-labels')}</p>;
  return (
    <div className="nodrag nowheel nopan">
      <SemanticMapPainter
        value={typeof value === 'string' ? value : null}
        labels={labels}
        readOnly={disabled}
        onChange={(next) => {
          set(next);
          seal();
        }}
      />
    </div>
  );
}

export function MaskPainterWidget({ value, disabled, set, seal }: WidgetProps) {
  return (
    <div className="nodrag nowheel nopan">
      <MaskPainter
        value={typeof value === 'string' ? value : null}
        readOnly={disabled}
        onChange={(next) => {
          set(next);
          seal();
        }}
      />
    </div>
  );
}
