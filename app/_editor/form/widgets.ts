/** Which component edits which hint. */
import type { ComponentType } from 'react';
import type { Field } from '../../_state/fields';
import type { WidgetProps } from './props';
import { ClassWidget } from './ClassWidget';
import { ImageFileWidget } from './ImageFileWidget';
import { LatentFileWidget } from './LatentFileWidget';
import { NumberWidget } from './NumberWidget';
import { PackageWidget } from './PackageWidget';
import { MapPainterWidget, MaskPainterWidget } from './PainterWidgets';
import { PromptWidget } from './PromptWidget';
import { SeedWidget } from './SeedWidget';
import { SelectWidget } from './SelectWidget';
import { SliderWidget } from './SliderWidget';
import { SwitchWidget } from './SwitchWidget';
import { TextWidget } from './TextWidget';
import { SchedulePlotWidget } from './SchedulePlotWidget';

const widgets: Record<Exclude<Field['widget'], 'hidden'>, ComponentType<WidgetProps>> = {
  text: TextWidget,
  prompt: PromptWidget,
  number: NumberWidget,
  slider: SliderWidget,
  seed: SeedWidget,
  select: SelectWidget,
  switch: SwitchWidget,
  package: PackageWidget,
  class: ClassWidget,
  'map-painter': MapPainterWidget,
  'mask-painter': MaskPainterWidget,
  'image-file': ImageFileWidget,
  'latent-file': LatentFileWidget,
  'schedule-plot': SchedulePlotWidget,
};

/** The widget for a field; a slider without bounds is a number. */
export function widgetOf(field: Field): ComponentType<WidgetProps> {
  if (field.widget === 'hidden') return TextWidget;
  if (field.widget === 'slider' && (field.min === undefined || field.max === undefined)) return NumberWidget;
  return widgets[field.widget];
}
