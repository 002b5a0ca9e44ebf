/** What configs of diffusers have in common, and the words for those that are not taken. */
import { z } from 'zod';
import { LoomError, type Activation } from '@/engine/types';

/** A positive count. */
export const count = z
  .int()
  .positive()
  .max(1 << 20);
/** Channels of each level. */
export const levels = z.array(count).min(1).max(16);

/** Activations by the names that configs use. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  silu: 'silu',
  swish: 'silu',
  gelu: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  quick_gelu: 'quick-gelu',
  relu: 'relu',
};
export const activation = z.string().transform((name, context): Activation => {
  const kind = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (kind !== undefined) return kind;
  context.addIssue({ code: 'custom', message: `the activation "${name}" is not known` });
  return z.NEVER;
});

/** A field that is taken with these values only, or absent. */
export const only = <T extends string | number | boolean | null>(...values: readonly [T, ...T[]]) =>
  z
    .unknown()
    .transform((given) => given ?? null)
    .refine((given) => values.some((value) => given === value || (given === null && value === false)), {
      error: ({ input }) => `${JSON.stringify(input)} is not taken`,
    })
    .optional();

/** Parses a config. Throws `package-invalid` with the field and why. */
export function parseConfig<T extends z.ZodType>(schema: T, config: unknown, name: string): z.output<T> {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LoomError(
    'package-invalid',
    `${name}: ${issue === undefined ? 'its config is malformed' : `"${issue.path.join('.')}": ${issue.message}`}.`,
  );
}

/** Entry i of a field that holds one value for all levels or one for each. Throws `package-invalid` for another number of them. */
export function atLevel<T extends string | number | boolean>(
  field: string,
  value: T | readonly T[],
  i: number,
  levelCount: number,
): T {
  if (typeof value !== 'object') return value;
  const item = value[i];
  if (item === undefined || value.length !== levelCount)
    throw new LoomError(
      'package-invalid',
      `The config's "${field}" has ${value.length} entries, not ${levelCount}.`,
    );
  return item;
}
