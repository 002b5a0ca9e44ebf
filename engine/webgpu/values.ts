/**
 * Values while a plan is made. Most are not stored at all: a layer norm, a
 * concatenation or an upsampling is done by whoever loads it, a bias, a residual
 * or an activation by whoever makes it.
 */
import type { Activation, WeightRef } from '../types';
import type { Slot, View } from './types';
import { round4 } from './types';

/** A stored value as part of one that is read. */
export interface Part {
  readonly view: View;
  /** Seen at twice its height and width. */
  readonly up: boolean;
}

/** Lies in memory. */
export interface Stored {
  readonly kind: 'stored';
  readonly view: View;
}

/** Made while loading: parts side by side in channels, normalised, activated. */
export interface Operand {
  readonly kind: 'operand';
  readonly parts: readonly Part[];
  /** A group normalisation: done in a pass of its own, together with `act`. */
  readonly group?: { readonly weights: Slot; readonly groups: number; readonly eps: number };
  readonly layer?: { readonly gamma: WeightRef; readonly beta: WeightRef; readonly eps: number };
  readonly act?: Activation;
  readonly shape: Extent;
}

/** Batch, height, width, channels of a value. */
export interface Extent {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** One product of several that are added up: an operand through a window, and its weights. */
export interface Term {
  readonly operand: Operand;
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: readonly [number, number];
  readonly weight: WeightRef;
}

/** A convolution or linear layer that is not computed yet: whatever follows may still become part of it. */
export interface Pending {
  readonly kind: 'pending';
  readonly label: string;
  readonly terms: readonly Term[];
  readonly biases: readonly WeightRef[];
  readonly vector?: View;
  readonly act?: Activation;
  readonly paired: boolean;
  readonly residual?: View;
  /** As the result is seen. */
  readonly shape: Extent;
  /** As the product computes it. */
  readonly rows: { readonly height: number; readonly width: number };
}

export type Value = Stored | Operand | Pending;

export const extentOf = ({ batch, height, width, channels }: View): Extent => ({
  batch,
  height,
  width,
  channels,
});

/** The shape of a network's value as rows: tokens are a column of cells, vectors a single cell. */
export function extentFrom(dims: readonly number[]): Extent {
  const [batch = 1, second = 1, third = 1, fourth = 1] = dims;
  if (dims.length === 4) return { batch, channels: second, height: third, width: fourth };
  if (dims.length === 3) return { batch, channels: third, height: second, width: 1 };
  return { batch, channels: dims.length === 2 ? second : 1, height: 1, width: 1 };
}

/** A value of its own: rows filled up to whole vectors. */
export function freshView(label: string, extent: Extent): View {
  const pitch = round4(extent.channels);
  const bytes = 4 * extent.batch * extent.height * extent.width * pitch;
  return { slot: { label, bytes }, ...extent, pitch, offset: 0 };
}

export const operandOf = (view: View): Operand => ({
  kind: 'operand',
  parts: [{ view, up: false }],
  shape: extentOf(view),
});

/** Whether nothing is done to the parts but laying them side by side. */
export const isPlain = ({ group, layer, act }: Operand): boolean =>
  group === undefined && layer === undefined && act === undefined;

/** The value itself, where it is one. */
export function viewOf(operand: Operand): View | undefined {
  const [only, ...more] = operand.parts;
  return only !== undefined && more.length === 0 && !only.up && isPlain(operand) ? only.view : undefined;
}

/** The same cells seen as another shape of as many rows. */
export function reshaped(value: Value, height: number, width: number): Value | undefined {
  switch (value.kind) {
    case 'stored':
      return { ...value, view: { ...value.view, height, width } };
    case 'pending':
      return { ...value, shape: { ...value.shape, height, width } };
    case 'operand':
      if (value.parts.some(({ up }) => up)) return undefined;
      return {
        ...value,
        shape: { ...value.shape, height, width },
        parts: value.parts.map(({ view, up }) => ({ view: { ...view, height, width }, up })),
      };
  }
}

export const sameRows = (a: Extent, b: Extent): boolean =>
  a.batch === b.batch && a.height * a.width === b.height * b.width && a.channels === b.channels;
