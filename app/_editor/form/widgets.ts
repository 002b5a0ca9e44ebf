/** The registry of widgets: which one edits which hint. A hint without a widget is a type error. */
import type { WidgetName } from '@/engine';
import type { Field } from '../../_state/fields';
import { classWidget } from './ClassWidget';
import { imageFileWidget } from './ImageFileWidget';
import { latentFileWidget } from './LatentFileWidget';
import { loraWidget } from './LoraWidget';
import { numberWidget } from './NumberWidget';
import { packageWidget } from './PackageWidget';
import { promptWidget } from './PromptWidget';
import { schedulePlotWidget } from './SchedulePlotWidget';
import { seedWidget } from './SeedWidget';
import { selectWidget } from './SelectWidget';
import { sliderWidget } from './SliderWidget';
import { switchWidget } from './SwitchWidget';
import { textWidget } from './TextWidget';
import { mapPainterWidget, maskPainterWidget } from './PainterWidgets';
import type { WidgetDescriptor } from './widget';

const widgets: { readonly [Name in Exclude<WidgetName, 'hidden'>]: WidgetDescriptor<Name> } = {
  text: textWidget,
  prompt: promptWidget,
  number: numberWidget,
  slider: sliderWidget,
  seed: seedWidget,
  select: selectWidget,
  switch: switchWidget,
  package: packageWidget,
  lora: loraWidget,
  class: classWidget,
  'map-painter': mapPainterWidget,
  'mask-painter': maskPainterWidget,
  'image-file': imageFileWidget,
  'latent-file': latentFileWidget,
  'schedule-plot': schedulePlotWidget,
};

/** The widget for a field; a slider without bounds is a number. */
export function widgetOf(field: Field): WidgetDescriptor {
  if (field.widget === 'hidden') return textWidget;
  if (field.widget === 'slider' && (field.min === undefined || field.max === undefined)) return numberWidget;
  return widgets[field.widget];
}
