/** Which settings can be swept: those whose values one can list. Files and paintings are none. */
import type { LoomNode } from '@/engine';
import { registry } from './nodes';
import { fieldsOfNode, type Field } from './fields';

const byValue: ReadonlySet<Field['widget']> = new Set([
  'text',
  'prompt',
  'number',
  'slider',
  'seed',
  'select',
  'switch',
  'package',
  'lora',
  'class',
]);

/** The fields of a node that can be swept; none of a node that is not known. */
export function sweepable(node: Pick<LoomNode, 'type'> | undefined): readonly Field[] {
  const definition = registry.get(node?.type ?? '');
  return definition === undefined
    ? []
    : fieldsOfNode(definition).filter((field) => byValue.has(field.widget));
}
