'use client';
import type { WidgetProps } from './FieldRow';

export function MapPainterWidget({ value, label }: WidgetProps) {
  return typeof value === 'string' ? <img src={value} alt={label} className="w-full rounded-md" /> : null;
}
export const MaskPainterWidget = MapPainterWidget;
