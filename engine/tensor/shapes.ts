/** Checks of operands, the same words on every backend. */
import { LoomError, type Tensor } from '../types';
import { CountedTensor } from './counted';

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
const shown = (dims: readonly number[]) => `[${dims.join(', ')}]`;

/** Throws `bad-input` unless the shapes are equal. */
export function sameShape(operation: string, a: Tensor, b: Tensor): void {
  if (a.dims.length !== b.dims.length || a.dims.some((size, i) => size !== b.dims[i]))
    throw new LoomError(
      'bad-input',
      `${operation}: the shapes ${shown(a.dims)} and ${shown(b.dims)} differ.`,
    );
}

/** Throws `bad-input` unless every operand is float32. */
export function onlyFloat(operation: string, ...tensors: readonly Tensor[]): void {
  for (const tensor of tensors)
    if (tensor.dtype !== 'float32')
      throw new LoomError('bad-input', `${operation} takes float32 tensors, not ${tensor.dtype}.`);
}

/** An axis counted from the front; negative ones count from the back. Throws `bad-input`. */
export function axisOf(operation: string, x: Tensor, axis: number): number {
  const index = axis < 0 ? axis + x.dims.length : axis;
  if (!Number.isInteger(index) || index < 0 || index >= x.dims.length)
    throw new LoomError('bad-input', `${operation}: ${shown(x.dims)} has no axis ${axis}.`);
  return index;
}

/** Sizes before, at and after an axis: element (o, k, i) lies at (o·length + k)·inner + i. */
export function around(
  dims: readonly number[],
  axis: number,
): { outer: number; length: number; inner: number } {
  return {
    outer: product(dims.slice(0, axis)),
    length: dims[axis] ?? 1,
    inner: product(dims.slice(axis + 1)),
  };
}

/** Height and width (the last two axes) and how many such planes there are. Throws `bad-input` below two axes. */
export function planes(operation: string, x: Tensor): { count: number; height: number; width: number } {
  const [height, width] = x.dims.slice(-2);
  if (height === undefined || width === undefined)
    throw new LoomError(
      'bad-input',
      `${operation} needs height and width; ${shown(x.dims)} has too few axes.`,
    );
  return { count: x.dims.slice(0, -2).reduce((a, b) => a * b, 1), height, width };
}

/** How `b` is laid over `a`: one batch element and/or one channel may stand for all. */
export interface Broadcast {
  readonly channels: number;
  /** Elements after the batch and channel axes. */
  readonly inner: number;
  readonly batchStride: number;
  readonly channelStride: number;
}

/** Throws `bad-input` unless b is [1|B, 1|C, …] against a [B, C, …]. */
export function broadcast(operation: string, a: Tensor, b: Tensor): Broadcast {
  const [batch = 1, channels = 1, ...rest] = a.dims;
  const [bBatch = 1, bChannels = 1, ...bRest] = b.dims;
  const fits =
    a.dims.length === b.dims.length &&
    (bBatch === batch || bBatch === 1) &&
    (bChannels === channels || bChannels === 1) &&
    rest.every((size, i) => size === bRest[i]);
  if (!fits)
    throw new LoomError(
      'bad-input',
      `${operation}: ${shown(b.dims)} cannot be laid over ${shown(a.dims)}; only batch and channels may be 1.`,
    );
  const inner = rest.reduce((x, y) => x * y, 1);
  return {
    channels,
    inner,
    batchStride: bBatch === 1 ? 0 : bChannels * inner,
    channelStride: bChannels === 1 ? 0 : inner,
  };
}

/** The shape that joining along `axis` gives. Throws `bad-input`. */
export function concatShape(xs: readonly Tensor[], axis: number): number[] {
  const [first] = xs;
  if (first === undefined) throw new LoomError('bad-input', 'concat needs at least one tensor.');
  for (const x of xs)
    if (
      x.dtype !== first.dtype ||
      x.dims.length !== first.dims.length ||
      x.dims.some((size, i) => i !== axis && size !== first.dims[i])
    )
      throw new LoomError(
        'bad-input',
        `concat: ${shown(x.dims)} (${x.dtype}) does not continue ${shown(first.dims)} (${first.dtype}) along axis ${axis}.`,
      );
  return first.dims.map((size, i) =>
    i === axis ? xs.reduce((sum, x) => sum + (x.dims[axis] ?? 0), 0) : size,
  );
}

/** Throws `bad-input` unless 0 ≤ start ≤ end ≤ length. */
export function checkRange(x: Tensor, axis: number, start: number, end: number): void {
  const length = x.dims[axis] ?? 0;
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= length))
    throw new LoomError('bad-input', `slice: ${start}…${end} is outside axis ${axis} of ${shown(x.dims)}.`);
}

/** Throws `bad-input` unless both are whole numbers from 1. */
export function checkSize(operation: string, height: number, width: number): void {
  if (!(Number.isInteger(height) && Number.isInteger(width) && height >= 1 && width >= 1))
    throw new LoomError('bad-input', `${operation}: ${width} × ${height} is not a size.`);
}

/** The tensor as one that this engine made. Throws `bad-input` for a foreign implementation. */
export function counted(x: Tensor): CountedTensor {
  if (!(x instanceof CountedTensor)) throw new LoomError('bad-input', 'This tensor is from another engine.');
  x.alive();
  return x;
}
