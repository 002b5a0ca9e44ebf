'use client';
import type { WidgetProps } from './FieldRow';

export function SchedulePlotWidget(_: WidgetProps) {
  return null;
}
