/** Each operation at odd sizes and batches, the same calls for any backend. */
import type { Tensor, TensorOps } from '@/engine/types';

/** An odd number of values for the half-precision kernels: exact ones, small ones, and one that rounds. */
export const HALVES = [0, 1, -2.5, 65504, 6.103515625e-5, 0.333251953125, 0.1, -7.25, 1024.5];

type Result = Tensor | readonly number[];
interface Case {
  readonly name: string;
  readonly run: (ops: TensorOps) => Result | Promise<Result>;
}

const noise = (ops: TensorOps, dims: readonly number[], seed = 1n) => ops.noise(dims, { seed, stream: 0 });
const shapes: readonly (readonly number[])[] = [
  [1, 1, 1, 1],
  [1, 4, 5, 7],
  [3, 3, 17, 31],
  [2, 4, 64, 65],
];
const each = (
  name: string,
  run: (ops: TensorOps, dims: readonly number[]) => Result | Promise<Result>,
): Case[] => shapes.map((dims) => ({ name: `${name} [${dims.join(', ')}]`, run: (ops) => run(ops, dims) }));

export const kernelCases: readonly Case[] = [
  ...each('full', (ops, dims) => ops.full(dims, -1.25)),
  ...[1, 2, 3, 6, 7, 13].flatMap((terms) =>
    each(`linear of ${terms}`, (ops, dims) =>
      ops.linear(
        Array.from({ length: terms }, (_, k) => [1.5 - 0.7 * k, noise(ops, dims, BigInt(k))] as const),
      ),
    ),
  ),
  ...each('multiply', (ops, dims) => ops.multiply(noise(ops, dims), noise(ops, dims, 2n))),
  ...each('multiply by one channel', (ops, [b = 1, , h = 1, w = 1]) =>
    ops.multiply(noise(ops, [b, 3, h, w]), noise(ops, [b, 1, h, w], 2n)),
  ),
  ...each('multiply by one element', (ops, [b = 1, c = 1, h = 1, w = 1]) =>
    ops.multiply(noise(ops, [b, c, h, w]), noise(ops, [1, c, h, w], 2n)),
  ),
  ...each('blend', (ops, [b = 1, c = 1, h = 1, w = 1]) =>
    ops.blend(
      noise(ops, [b, c, h, w]),
      noise(ops, [b, c, h, w], 2n),
      ops.clamp(noise(ops, [1, 1, h, w], 3n), 0, 1),
    ),
  ),
  ...each('clamp', (ops, dims) => ops.clamp(noise(ops, dims), -0.5, 0.75)),
  {
    name: 'clamp keeps NaN',
    run: (ops) => ops.clamp(ops.from(Float32Array.of(NaN, -9, 9, Infinity, -Infinity), [5]), -1, 1),
  },
  ...[0, 1, 2, 3].flatMap((axis) =>
    each(`concat on ${axis}`, (ops, dims) => {
      const longer = dims.map((size, i) => (i === axis ? size + 3 : size));
      return ops.concat([noise(ops, dims), noise(ops, longer, 2n), noise(ops, dims, 3n)], axis);
    }),
  ),
  ...[0, 1, 2, 3].flatMap((axis) =>
    each(`slice on ${axis}`, (ops, dims) => {
      const size = (dims[axis] ?? 1) + 2;
      return ops.slice(
        noise(
          ops,
          dims.map((n, i) => (i === axis ? size : n)),
        ),
        axis,
        1,
        size - 1,
      );
    }),
  ),
  ...[0, 1, -2, -1].flatMap((axis) =>
    each(`flip of ${axis}`, (ops, dims) => ops.flip(noise(ops, dims), axis)),
  ),
  ...each('pad', (ops, dims) => ops.pad(noise(ops, dims), { top: 1, bottom: 2, left: 3, right: 0 }, 0.5)),
  ...each('pad and crop', (ops, [b = 1, c = 1, h = 1, w = 1]) =>
    ops.pad(noise(ops, [b, c, h + 3, w + 2]), { top: -2, bottom: 4, left: 2, right: -1 }, -7),
  ),
  ...(['nearest', 'bilinear', 'bicubic', 'area'] as const).flatMap((mode) =>
    [
      [1, 1],
      [3, 5],
      [29, 23],
      [64, 65],
    ].flatMap(([height = 1, width = 1]) =>
      each(`resize ${mode} to ${width} × ${height}`, (ops, dims) =>
        ops.resize(noise(ops, dims), height, width, mode),
      ),
    ),
  ),
  ...each('stats', async (ops, dims) => {
    const x = ops.linear([
      [3, noise(ops, dims)],
      [0.1, ops.full(dims, 1)],
    ]);
    return (await ops.stats(x)).flatMap(({ mean, std, min, max, nan }) => [mean, std, min, max, nan]);
  }),
  {
    name: 'stats of NaN, a constant and a picture far from zero',
    run: async (ops) => {
      const far = ops.linear([
        [0.01, noise(ops, [1, 3, 97, 101])],
        [5, ops.full([1, 3, 97, 101], 1)],
      ]);
      const x = ops.from(Float32Array.of(1, NaN, 2, 4, 4, 4, NaN, NaN, NaN), [3, 3]);
      const all = [...(await ops.stats(x)), ...(await ops.stats(far))];
      return all.flatMap(({ mean, std, min, max, nan }) => [mean, std, min, max, nan]);
    },
  },
  ...each('rescale', (ops, dims) => {
    const like = ops.linear([[2.5, noise(ops, dims, 9n)]]);
    return ops.rescale(noise(ops, dims), like, 0.7);
  }),
  ...each('noise', (ops, dims) => noise(ops, dims, 2n ** 63n + 5n)),
  {
    name: 'whole numbers are cut',
    run: (ops) => ops.slice(ops.from(Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]), 2, 1, 3),
  },
  {
    name: 'whole numbers are resized',
    run: (ops) => ops.resize(ops.from(Int32Array.of(1, 2, 3, 4), [1, 2, 2]), 3, 5, 'nearest'),
  },
];
