/** The size of every value of a network, once the inputs' sizes are known. */
import { LoomError, type InputDim, type NetworkDescription, type NetworkOp, type WeightRef } from '../types';

/** [B, C, H, W] of a map, [B, N, C] of tokens, [B, C] of a vector, [B, N] of ids, [B] of timesteps. */
export type Shape = readonly number[];
export type Shapes = ReadonlyMap<string, Shape>;

/** Values that an op reads, in the order of its fields. */
export function inputsOf(op: NetworkOp): readonly string[] {
  switch (op.op) {
    case 'conv2d':
    case 'linear':
    case 'group-norm':
    case 'layer-norm':
    case 'activation':
    case 'geglu':
    case 'add-positions':
    case 'affine':
    case 'clamp':
    case 'slice':
    case 'upsample':
    case 'pixel-shuffle':
    case 'to-tokens':
    case 'number-embedding':
    case 'quantise':
      return [op.x];
    case 'add':
      return [op.a, op.b];
    case 'add-vector':
      return [op.x, op.vector];
    case 'concat':
    case 'concat-sequence':
      return op.xs;
    case 'to-map':
      return [op.x, op.like];
    case 'attention':
      return [op.q, op.k, op.v];
    case 'timestep-embedding':
      return [op.t];
    case 'embedding':
      return [op.ids];
    case 'pool-token':
      return [op.x, op.ids];
  }
}

/** Weights that an op reads. */
export function weightsOf(op: NetworkOp): readonly WeightRef[] {
  switch (op.op) {
    case 'conv2d':
    case 'linear':
      return op.bias === undefined ? [op.weight] : [op.weight, op.bias];
    case 'group-norm':
    case 'layer-norm':
      return [op.weight, op.bias];
    case 'add-positions':
    case 'embedding':
      return [op.table];
    case 'quantise':
      return [op.codebook];
    default:
      return [];
  }
}

/**
 * Shapes of all values of `network` for inputs of the given sizes.
 * Throws `bad-input` (naming the input) when a size does not fit, and `internal`
 * (naming the op's value) when the description contradicts itself.
 *
 * @example shapesOf(unet, { sample: [2, 4, 32, 32], timestep: [2], encoder_hidden_states: [2, 33, 256] })
 */
export function shapesOf(network: NetworkDescription, inputs: Readonly<Record<string, Shape>>): Shapes {
  const shapes = new Map<string, Shape>();
  const symbols = new Map<string, number>();
  for (const { name, dims, multipleOf } of network.inputs) {
    const given = inputs[name];
    if (given === undefined) throw badInput(network, `misses its input "${name}"`, name);
    const fits = given.length === dims.length && dims.every((dim, i) => bound(dim, given[i] ?? 0, symbols));
    if (!fits)
      throw badInput(network, `"${name}" takes [${dims.join(', ')}], not [${given.join(', ')}]`, name);
    const sides = dims.flatMap((dim, i) => (dim === 'height' || dim === 'width' ? [given[i] ?? 0] : []));
    if (sides.some((side) => side % (multipleOf ?? 1) !== 0))
      throw badInput(network, `the sides of "${name}" must be multiples of ${multipleOf ?? 1}`, name);
    shapes.set(name, given);
  }
  for (const op of network.ops) {
    if (shapes.has(op.out)) throw broken(network, op, 'is made twice');
    shapes.set(op.out, shapeOf(network, op, shapes));
  }
  for (const { name, value } of network.outputs)
    if (!shapes.has(value)) throw new LoomError('internal', `${network.name}: nothing makes "${name}".`);
  return shapes;
}

/** Whether a size fits a dimension; a symbol keeps its first value. */
function bound(dim: InputDim, size: number, symbols: Map<string, number>): boolean {
  if (!Number.isSafeInteger(size) || size < 1) return false;
  if (typeof dim === 'number') return dim === size;
  const known = symbols.get(dim);
  if (known !== undefined) return known === size;
  symbols.set(dim, size);
  return true;
}

const badInput = (network: NetworkDescription, why: string, port: string) =>
  new LoomError(
    'bad-input',
    `${network.name}: ${why}.`,
    { port },
    { fix: 'Use a size that this network takes.' },
  );
const broken = (network: NetworkDescription, op: NetworkOp, why: string) =>
  new LoomError('internal', `${network.name}: "${op.out}" (${op.op}) ${why}.`);

/** Sizes by their names, as one op sees its input. */
interface Sizes {
  readonly b: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  readonly n: number;
  readonly dims: Shape;
}

function shapeOf(network: NetworkDescription, op: NetworkOp, shapes: ReadonlyMap<string, Shape>): Shape {
  const fail = (why: string) => broken(network, op, why);
  const of = (id: string, ...ranks: number[]): Sizes => {
    const dims = shapes.get(id);
    if (dims === undefined) throw fail(`reads "${id}", which nothing made before`);
    if (ranks.length > 0 && !ranks.includes(dims.length))
      throw fail(`cannot take "${id}" of shape [${dims.join(', ')}]`);
    const [b = 1] = dims;
    if (dims.length === 4) return { b, c: dims[1] ?? 1, h: dims[2] ?? 1, w: dims[3] ?? 1, n: 1, dims };
    return { b, c: dims.at(-1) ?? 1, h: 1, w: 1, n: dims.length === 3 ? (dims[1] ?? 1) : 1, dims };
  };
  const want = (weight: WeightRef, ...dims: number[]) => {
    if (weight.shape.join() !== dims.join())
      throw fail(`needs "${weight.name}" as [${dims.join(', ')}], not [${weight.shape.join(', ')}]`);
  };
  const last = (dims: Shape, size: number): Shape =>
    dims.length === 4 ? [dims[0] ?? 1, size, dims[2] ?? 1, dims[3] ?? 1] : [...dims.slice(0, -1), size];
  switch (op.op) {
    case 'conv2d': {
      const { b, c, h, w } = of(op.x, 4);
      const [out = 0, , kh = 1, kw = 1] = op.weight.shape;
      want(op.weight, out, c, kh, kw);
      if (op.bias) want(op.bias, out);
      const [top, left, bottom, right] = op.padding;
      const high = Math.floor((h + top + bottom - kh) / op.stride) + 1;
      const wide = Math.floor((w + left + right - kw) / op.stride) + 1;
      if (high < 1 || wide < 1) throw fail(`leaves nothing of ${w} × ${h} cells`);
      return [b, out, high, wide];
    }
    case 'linear': {
      const { c, dims } = of(op.x, 2, 3);
      const [out = 0] = op.weight.shape;
      want(op.weight, out, c);
      if (op.bias) want(op.bias, out);
      return last(dims, out);
    }
    case 'group-norm': {
      const { c, dims } = of(op.x, 4);
      want(op.weight, c);
      want(op.bias, c);
      if (c % op.groups !== 0) throw fail(`cannot divide ${c} channels into ${op.groups} groups`);
      return dims;
    }
    case 'layer-norm': {
      const { c, dims } = of(op.x, 2, 3);
      want(op.weight, c);
      want(op.bias, c);
      return dims;
    }
    case 'activation':
    case 'affine':
    case 'clamp':
      return of(op.x).dims;
    case 'geglu': {
      const { c, dims } = of(op.x, 2, 3);
      if (c % 2 !== 0) throw fail(`cannot halve ${c} channels`);
      return last(dims, c / 2);
    }
    case 'add': {
      const { dims } = of(op.a);
      if (dims.join() !== of(op.b).dims.join()) throw fail('adds values of two shapes');
      return dims;
    }
    case 'add-vector': {
      const { b, c, dims } = of(op.x, 4);
      if (of(op.vector, 2).dims.join() !== `${b},${c}`) throw fail('adds a vector of another width');
      return dims;
    }
    case 'add-positions': {
      const { n, c, dims } = of(op.x, 3);
      const [rows = 0] = op.table.shape;
      want(op.table, rows, c);
      if (n > rows)
        throw badInput(network, `takes ${rows} tokens at most, not ${n}`, network.inputs[0]?.name ?? '');
      return dims;
    }
    case 'concat': {
      const parts = op.xs.map((x) => of(x));
      const first = parts[0];
      if (first === undefined) throw fail('joins nothing');
      const all = parts.reduce((sum, { c }) => sum + c, 0);
      if (parts.some(({ dims, c }) => last(dims, 0).join() !== last(first.dims, 0).join() || c < 1))
        throw fail('joins values that do not fit');
      return last(first.dims, all);
    }
    case 'concat-sequence': {
      const parts = op.xs.map((x) => of(x, 3));
      const first = parts[0];
      if (first === undefined) throw fail('joins nothing');
      if (parts.some(({ b, c }) => b !== first.b || c !== first.c))
        throw fail('joins tokens that do not fit');
      return [first.b, parts.reduce((sum, { n }) => sum + n, 0), first.c];
    }
    case 'slice': {
      const { c, dims } = of(op.x);
      if (op.start < 0 || op.count < 1 || op.start + op.count > c)
        throw fail(`takes channels ${op.start}…${op.start + op.count - 1} of ${c}`);
      return last(dims, op.count);
    }
    case 'upsample': {
      const { b, c, h, w } = of(op.x, 4);
      return [b, c, 2 * h, 2 * w];
    }
    case 'pixel-shuffle': {
      const { b, c, h, w } = of(op.x, 4);
      const square = op.factor * op.factor;
      if (c % square !== 0) throw fail(`cannot divide ${c} channels by ${square}`);
      return [b, c / square, op.factor * h, op.factor * w];
    }
    case 'to-tokens': {
      const { b, c, h, w } = of(op.x, 4);
      return [b, h * w, c];
    }
    case 'to-map': {
      const { b, n, c } = of(op.x, 3);
      const { h, w } = of(op.like, 4);
      if (n !== h * w) throw fail(`cannot lay ${n} tokens on ${w} × ${h} cells`);
      return [b, c, h, w];
    }
    case 'attention': {
      const [q, k, v] = [of(op.q, 3), of(op.k, 3), of(op.v, 3)];
      const fits = q.b === k.b && q.b === v.b && q.c === k.c && k.n === v.n;
      if (!fits || q.c % op.heads !== 0 || v.c % op.heads !== 0)
        throw fail('attends to tokens that do not fit');
      return [q.b, q.n, v.c];
    }
    case 'timestep-embedding':
      return [of(op.t, 1).b, op.channels];
    case 'number-embedding': {
      const { b, c } = of(op.x, 2);
      return [b, c * op.channels];
    }
    case 'embedding':
      return [...of(op.ids, 1, 2).dims, op.table.shape[1] ?? 0];
    case 'pool-token': {
      const { b, n, c } = of(op.x, 3);
      if (of(op.ids, 2).dims.join() !== `${b},${n}`) throw fail('pools by ids of another length');
      return [b, c];
    }
    case 'quantise': {
      const { c, dims } = of(op.x, 4);
      want(op.codebook, op.codebook.shape[0] ?? 0, c);
      return dims;
    }
  }
}
