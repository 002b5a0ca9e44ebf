/** What the executor may know of a value: its tensors, and the port type that it really has. */
import { kindOf, type AnyValue } from '../types/kinds';
import type { ArrayLayout } from '../types/kinds/kind';
import type { PortType } from '../types/port';
import type { Tensor } from '../types/tensor';
import type { TypeExpression } from '../types/type-expression';

/** Values by port. */
export type Values = Readonly<Record<string, AnyValue>>;

/** Every tensor that a value owns, each once. */
export const tensorsOf = (value: AnyValue): readonly Tensor[] => kindOf(value.kind).tensors(value);

/** A value whose functions read tensors that it does not list: they live as long as it does. */
export const isOpaque = (value: AnyValue): boolean => kindOf(value.kind).opaque?.(value) ?? false;

/** A value that says something else than it should. */
export interface ShapeProblem {
  readonly path: string;
  readonly got: string;
  readonly want: string;
}

/** What a fixed axis of a layout is called: the colours of a picture, the one channel of a mask. */
const axisField = (axis: string | number): string => (typeof axis === 'number' ? 'channels' : axis);

/** The layout of a kind against a tensor: rank, element type, fixed axes, and that it is alive. */
export function shapeProblem(value: AnyValue): ShapeProblem | undefined {
  const { array, known, tensors } = kindOf(value.kind);
  for (const tensor of tensors(value))
    if (tensor.disposed) return { path: 'tensor', got: 'a released tensor', want: 'a live one' };
  if (!array) return undefined;
  const { dims, dtype } = array.of(value);
  if (dtype !== array.dtype) return { path: 'dtype', got: dtype, want: array.dtype };
  if (dims.length !== array.axes.length)
    return { path: 'rank', got: `[${dims.join(', ')}]`, want: `[${array.axes.join(', ')}]` };
  const fields = known(value);
  for (const [index, axis] of array.axes.entries()) {
    const want = typeof axis === 'number' ? axis : fields[axis];
    if (typeof want === 'number' && dims[index] !== want)
      return { path: axisField(axis), got: String(dims[index]), want: String(want) };
  }
  return undefined;
}

/**
 * The port type that a value has, from its dims and identities: known fields
 * only. Sizes are those of its tensor, so nothing is read back.
 */
export function typeOfValue(value: AnyValue): PortType {
  const { array, known } = kindOf(value.kind);
  return { kind: value.kind, fields: { ...(array ? sizesOf(value, array) : {}), ...known(value) } };
}

function sizesOf(value: AnyValue, { of, axes }: ArrayLayout<AnyValue>): Record<string, TypeExpression> {
  const { dims } = of(value);
  return Object.fromEntries(
    axes.flatMap((axis, index) => {
      const size = dims[index];
      return typeof axis === 'string' && size !== undefined ? [[axis, size]] : [];
    }),
  );
}
