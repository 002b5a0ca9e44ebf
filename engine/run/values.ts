/** What the executor may know of a value: its tensors, and the port type that it really has. */
import type { PortType } from '../types/port';
import type { Tensor } from '../types/tensor';
import type { TypeExpression } from '../types/type-expression';
import type { AnyValue } from '../types/values';

/** Values by port. */
export type Values = Readonly<Record<string, AnyValue>>;

/** Every tensor that a value owns, each once. */
export function tensorsOf(value: AnyValue): readonly Tensor[] {
  switch (value.kind) {
    case 'image':
      return [value.pixels];
    case 'mask':
      return [value.mask];
    case 'semantic-map':
      return [value.map];
    case 'latent':
      return value.noisy ? unique([value.samples, ...value.noisy.history]) : [value.samples];
    case 'noise':
      return [value.samples];
    case 'codes':
      return [value.codes];
    case 'conditioning':
      return unique(
        value.entries.flatMap(({ parts }) =>
          Object.values(parts).flatMap((part) =>
            part ? ['context' in part ? part.context : part.concat] : [],
          ),
        ),
      );
    case 'denoiser':
      return unique(value.tensors ?? []);
    default:
      // Networks, schedules, samplers, numbers and texts hold none of their own.
      return [];
  }
}

const unique = (tensors: readonly Tensor[]): readonly Tensor[] => [...new Set(tensors)];

/** A value whose functions read tensors that it does not list: they live as long as it does. */
export const isOpaque = (value: AnyValue): boolean =>
  value.kind === 'denoiser' && value.tensors === undefined;

/** A value that says something else than it should. */
export interface ShapeProblem {
  readonly path: string;
  readonly got: string;
  readonly want: string;
}

const floats = 'float32';
/** Element type and axes of each kind that is one tensor; a name is a field of the port type, a number that size. */
const layouts = {
  image: { dtype: floats, axes: ['batch', 3, 'height', 'width'] },
  mask: { dtype: floats, axes: ['batch', 1, 'height', 'width'] },
  'semantic-map': { dtype: 'uint8', axes: ['batch', 'height', 'width'] },
  latent: { dtype: floats, axes: ['batch', 'channels', 'height', 'width'] },
  noise: { dtype: floats, axes: ['batch', 'channels', 'height', 'width'] },
  codes: { dtype: 'int32', axes: ['batch', 'height', 'width'] },
} as const;

const axisField = (axis: string | number): string => (axis === 3 || axis === 1 ? 'channels' : String(axis));

/** The layout of a kind against a tensor: rank, element type, fixed axes, and that it is alive. */
export function shapeProblem(value: AnyValue): ShapeProblem | undefined {
  for (const tensor of tensorsOf(value))
    if (tensor.disposed) return { path: 'tensor', got: 'a released tensor', want: 'a live one' };
  const layout = layoutOf(value);
  const [tensor] = tensorsOf(value);
  if (!layout || !tensor) return undefined;
  const { dims, dtype } = tensor;
  const axes = layout.axes.map((axis) => String(axis)).join(', ');
  if (dtype !== layout.dtype) return { path: 'dtype', got: dtype, want: layout.dtype };
  if (dims.length !== layout.axes.length)
    return { path: 'rank', got: `[${dims.join(', ')}]`, want: `[${axes}]` };
  for (const [index, axis] of layout.axes.entries())
    if (typeof axis === 'number' && dims[index] !== axis)
      return { path: axisField(axis), got: String(dims[index]), want: String(axis) };
  if ('space' in value && 'samples' in value && dims[1] !== value.space.channels)
    return { path: 'channels', got: String(dims[1]), want: String(value.space.channels) };
  return undefined;
}

function layoutOf(value: AnyValue): (typeof layouts)[keyof typeof layouts] | undefined {
  return Object.hasOwn(layouts, value.kind) ? layouts[value.kind as keyof typeof layouts] : undefined;
}

/**
 * The port type that a value has, from its dims and identities: known fields
 * only. Sizes are those of its tensor, so nothing is read back.
 */
export function typeOfValue(value: AnyValue): PortType {
  const fields: Record<string, TypeExpression> = {};
  const layout = layoutOf(value);
  const [tensor] = tensorsOf(value);
  if (layout && tensor)
    layout.axes.forEach((axis, index) => {
      const size = tensor.dims[index];
      if (typeof axis === 'string' && size !== undefined) fields[axis] = size;
    });
  if (value.kind === 'conditioning')
    fields.batch = Math.max(1, ...tensorsOf(value).map(({ dims }) => dims[0] ?? 1));
  if (value.kind === 'semantic-map') fields.labels = value.labels.id;
  const space =
    value.kind === 'unet'
      ? value.unet.space
      : value.kind === 'first-stage'
        ? value.firstStage.space
        : 'space' in value
          ? value.space
          : undefined;
  if (space) {
    fields.space = space.space;
    fields.channels = space.channels;
    fields.factor = space.factor;
  }
  if (space?.only && (value.kind === 'unet' || value.kind === 'first-stage')) {
    fields.onlyHeight = space.only.height;
    fields.onlyWidth = space.only.width;
  }
  if (value.kind === 'unet') {
    fields.height = value.unet.nativeSize.height;
    fields.width = value.unet.nativeSize.width;
  }
  return { kind: value.kind, fields };
}
