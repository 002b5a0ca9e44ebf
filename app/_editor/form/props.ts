/** What every widget is given: a parameter, its value, and how to set it. */
import type { AnyNode } from '@/engine';
import type { Field } from '../../_state/fields';

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
