/** From a node's zod parameters to the fields of its form: type, range, options and hints, whatever the node. */
import { z } from 'zod';
import { widgetNames, type AnyNode, type ParamHints, type WidgetName } from '@/engine';

export interface Field {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'string' | 'boolean' | 'other';
  readonly options: readonly string[] | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly step: number | undefined;
  readonly initial: unknown;
  readonly nullable: boolean;
  readonly hints: ParamHints;
  readonly widget: WidgetName;
}

const property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z
    .array(z.looseObject({ type: z.string().optional(), enum: z.array(z.unknown()).optional() }))
    .optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().optional(),
  default: z.unknown(),
  label: z.string().optional(),
  widget: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().optional(),
  unit: z.string().optional(),
  advanced: z.boolean().optional(),
});
const objectSchema = z.looseObject({ properties: z.record(z.string(), property).default({}) });

const widgets: ReadonlySet<string> = new Set(widgetNames);
const isWidget = (name: string | undefined): name is WidgetName => name !== undefined && widgets.has(name);

function fieldOf(name: string, schema: z.output<typeof property>): Field {
  const parts = schema.anyOf ?? [];
  const types = [schema.type ?? [], parts.map((part) => part.type ?? [])].flat(2);
  const main = types.find((type) => type !== 'null');
  const type: Field['type'] =
    main === 'number' || main === 'integer' || main === 'string' || main === 'boolean' ? main : 'other';
  const values = schema.enum ?? parts.find((part) => part.enum !== undefined)?.enum;
  const options = values?.filter((value): value is string => typeof value === 'string');
  const { label, unit, advanced } = schema;
  // Integers without a bound of their own come with JavaScript's: no range for a slider.
  const bound = (value: number | undefined) =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
  const guess: Field['widget'] =
    options !== undefined
      ? 'select'
      : type === 'boolean'
        ? 'switch'
        : type === 'string'
          ? 'text'
          : type === 'other'
            ? 'hidden'
            : 'number';
  return {
    name,
    type,
    options,
    min: schema.min ?? bound(schema.minimum ?? schema.exclusiveMinimum),
    max: schema.max ?? bound(schema.maximum ?? schema.exclusiveMaximum),
    step: schema.step ?? schema.multipleOf ?? (type === 'integer' ? 1 : undefined),
    initial: schema.default,
    nullable: types.includes('null'),
    hints: {
      ...(label === undefined ? {} : { label }),
      ...(unit === undefined ? {} : { unit }),
      ...(advanced === undefined ? {} : { advanced }),
    },
    widget: isWidget(schema.widget) ? schema.widget : guess,
  };
}

const cache = new WeakMap<AnyNode, readonly Field[]>();

/** The fields of a node's form, in the order of its schema. */
export function fieldsOfNode(definition: AnyNode): readonly Field[] {
  const known = cache.get(definition);
  if (known !== undefined) return known;
  const json = objectSchema.parse(z.toJSONSchema(definition.params, { io: 'input', unrepresentable: 'any' }));
  const fields = Object.entries(json.properties).map(([name, schema]) => fieldOf(name, schema));
  cache.set(definition, fields);
  return fields;
}
