/** Constants and texts: what makes a value for other nodes' widgets. */
import { str, type ComfyClass, type Json, type Values } from './types';

export const utilityClasses: readonly ComfyClass[] = [
  value('PrimitiveInt', 'INT', 0, { seeds: ['value'] }),
  value('PrimitiveFloat', 'FLOAT', 0),
  value('PrimitiveString', 'STRING', ''),
  value('PrimitiveStringMultiline', 'STRING', ''),
  value('PrimitiveBoolean', 'BOOLEAN', false),
  text('StringConcatenate', { string_a: '', string_b: '', delimiter: '' }, ['STRING'], (values) => [
    [str(values['string_a']), str(values['string_b'])].join(str(values['delimiter'])),
  ]),
  text('StringReplace', { string: '', find: '', replace: '' }, ['STRING'], (values) => [
    str(values['find']) === ''
      ? str(values['string'])
      : str(values['string']).replaceAll(str(values['find']), () => str(values['replace'])),
  ]),
  text('StringTrim', { string: '', mode: 'Both' }, ['STRING'], (values) => [
    values['mode'] === 'Left'
      ? str(values['string']).trimStart()
      : values['mode'] === 'Right'
        ? str(values['string']).trimEnd()
        : str(values['string']).trim(),
  ]),
  text('CaseConverter', { string: '', mode: 'UPPERCASE' }, ['STRING'], (values) => [
    cased(str(values['string']), str(values['mode'])),
  ]),
  {
    type: 'PreviewAny',
    inputs: { source: '*' },
    widgets: {},
    outputs: [],
    becomes: { needs: 'value' },
  },
];

function value(
  type: string,
  output: string,
  initial: Json,
  rest: { readonly seeds?: readonly string[] } = {},
): ComfyClass {
  return {
    type,
    inputs: {},
    widgets: { value: initial },
    outputs: [output],
    constant: (values) => [values['value'] ?? initial],
    becomes: { folds: () => ({}) },
    ...rest,
  };
}

function text(
  type: string,
  widgets: Readonly<Record<string, Json>>,
  outputs: readonly string[],
  constant: (values: Values) => readonly Json[],
): ComfyClass {
  return { type, inputs: {}, widgets, outputs, constant, becomes: { folds: () => ({}) } };
}

function cased(string: string, mode: string): string {
  if (mode === 'UPPERCASE') return string.toUpperCase();
  if (mode === 'lowercase') return string.toLowerCase();
  if (mode === 'Capitalize') return string.charAt(0).toUpperCase() + string.slice(1).toLowerCase();
  return string.replaceAll(/\S+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
}
