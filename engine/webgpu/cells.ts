/** Element by element: one thread makes one channel of one row. For whatever is not worth a kernel of its own. */
import { rowsOf, type Dispatch, type Slot, type View } from './types';
import { shader } from './wgsl';

const THREADS = 128;

/** A value that a kernel reads, by name. */
export interface Source {
  readonly name: string;
  readonly slot: Slot;
  readonly type?: 'f32' | 'u32' | 'i32';
}

/**
 * Runs `body` for each row and channel of `out`: it sees `element`, `row`
 * (within the element), `y`, `x` (of a map), `c`, and sets `v`. Padding lanes
 * become zero.
 */
export function cells(
  label: string,
  out: View,
  sources: readonly Source[],
  body: string,
  functions = '',
): Dispatch {
  const rows = rowsOf(out);
  // A slice of somebody's rows is never written: what is written has rows of its own.
  const count = out.batch * rows * out.pitch;
  const groups = Math.ceil(count / THREADS);
  const code = shader({
    writes: [{ name: 'result', type: 'f32' }],
    reads: sources.map(({ name, type }) => ({ name, type: type ?? 'f32' })),
    functions,
    threads: THREADS,
    groups,
    body: `let i = group * ${THREADS}u + thread;
  if (i >= ${count}u) { return; }
  let c = i % ${out.pitch}u;
  let row = (i / ${out.pitch}u) % ${rows}u;
  let element = i / ${out.pitch * rows}u;
  let y = row / ${out.width}u;
  let x = row % ${out.width}u;
  var v = 0.0;
  if (c < ${out.channels}u) { ${body} }
  result[i] = v;`,
  });
  return {
    label,
    code,
    buffers: [out.slot, ...sources.map(({ slot }) => slot)],
    writes: 1,
    groups,
    flops: 0,
  };
}

/** The element of `view` at a row (of all rows) and channel, as WGSL. */
export const at = (name: string, { pitch, offset }: View, row: string, channel: string): string =>
  `${name}[(${row}) * ${pitch}u + ${offset}u + ${channel}]`;
/** The same row and channel as the one that is made. */
export const same = (name: string, view: View): string =>
  at(name, view, `element * ${rowsOf(view)}u + row`, 'c');

/** NCHW, as tensors are outside, to rows. */
export function packMap(source: Slot, out: View): Dispatch {
  return cells(
    'pack',
    out,
    [{ name: 'source', slot: source }],
    `v = source[(element * ${out.channels}u + c) * ${rowsOf(out)}u + row];`,
  );
}

/** Rows to NCHW: `out` is seen as [1, batch·channels·rows] floats. */
export function unpackMap(x: View, out: Slot): Dispatch {
  const rows = rowsOf(x);
  const count = x.batch * x.channels * rows;
  const groups = Math.ceil(count / THREADS);
  const code = shader({
    writes: [{ name: 'result', type: 'f32' }],
    reads: [{ name: 'source', type: 'f32' }],
    threads: THREADS,
    groups,
    body: `let i = group * ${THREADS}u + thread;
  if (i >= ${count}u) { return; }
  let row = i % ${rows}u;
  let c = (i / ${rows}u) % ${x.channels}u;
  let element = i / ${rows * x.channels}u;
  result[i] = source[(element * ${rows}u + row) * ${x.pitch}u + ${x.offset}u + c];`,
  });
  return { label: 'unpack', code, buffers: [out, x.slot], writes: 1, groups, flops: 0 };
}
