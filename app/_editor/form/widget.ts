/** What a widget is. Each stands whole in its own file; `widgets.ts` lists them. */
import type { ComponentType } from 'react';
import type { AnyNode, WidgetName } from '@/engine';
import type { Field } from '../../_state/fields';

/** What every widget is given: a parameter, its value, and how to set it. */
export interface WidgetProps {
  readonly id: string;
  readonly node: string;
  readonly definition: AnyNode;
  readonly field: Field;
  readonly label: string;
  readonly value: unknown;
  readonly disabled: boolean;
  /** Sets the value. Calls with one `gesture` in a row are one undo step. */
  readonly set: (value: unknown, gesture?: string) => void;
  /** Ends the gesture. */
  readonly seal: () => void;
}

/**
 * A widget of a parameter's form.
 *
 * @example
 * export const textWidget: WidgetDescriptor<'text'> = { name: 'text', component: TextWidget, layout: 'row' };
 */
export interface WidgetDescriptor<Name extends WidgetName = WidgetName> {
  /** The hint that asks for it: `.meta({ widget: name })`. */
  readonly name: Name;
  readonly component: ComponentType<WidgetProps>;
  /**
   * `row`: one line, the parameter's name beside it. `stacked`: as high as it likes and as wide as the node, the name
   * above. `own-label`: the same, and it draws the name itself.
   */
  readonly layout: 'row' | 'stacked' | 'own-label';
}
