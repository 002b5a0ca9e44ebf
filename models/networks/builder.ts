/** Writes a description op by op: names values after their modules and knows how many channels each has. */
import {
  LoomError,
  type Activation,
  type InputDim,
  type NetworkDescription,
  type NetworkInput,
  type NetworkOp,
  type NetworkOutput,
  type ValueId,
  type WeightRef,
} from '@/engine/types';

type Unnamed<T> = T extends unknown ? Omit<T, 'out'> : never;

/** A value and its channels. */
export interface Value {
  readonly id: ValueId;
  readonly channels: number;
}

/** A linear layer's or convolution's shape that the module's name does not say. */
export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
}

export class NetworkBuilder {
  readonly #ops: NetworkOp[] = [];
  readonly #inputs: NetworkInput[] = [];
  readonly #outputs: NetworkOutput[] = [];
  readonly #taken = new Set<ValueId>();

  constructor(
    /** The network's name, for errors and logs. */
    readonly name: string,
  ) {}

  input(
    name: string,
    dims: readonly InputDim[],
    options: { dtype?: 'int32'; multipleOf?: number } = {},
  ): Value {
    const { dtype = 'float32', multipleOf } = options;
    this.#inputs.push({ name, dtype, dims, ...(multipleOf === undefined ? {} : { multipleOf }) });
    this.#taken.add(name);
    const channels = dims.length === 4 ? dims[1] : dims.at(-1);
    return { id: name, channels: typeof channels === 'number' ? channels : 0 };
  }

  output(name: string, value: Value): void {
    this.#outputs.push({ name, value: value.id });
  }

  /** Adds an op whose output is named after `name` and has `channels`. */
  add(name: string, channels: number, op: Unnamed<NetworkOp>): Value {
    let out = name;
    for (let n = 2; this.#taken.has(out); n += 1) out = `${name}:${n}`;
    this.#taken.add(out);
    this.#ops.push({ ...op, out });
    return { id: out, channels };
  }

  /** A convolution with the weights of the module `name`, padded by `padding` on each side unless four are given. */
  conv(
    name: string,
    x: Value,
    out: number,
    options: LinearOptions & {
      /** Default 3. */
      kernel?: number;
      stride?: 1 | 2;
      /** Top, left, bottom, right; default (kernel − 1) / 2. */
      padding?: readonly [number, number, number, number];
    } = {},
  ): Value {
    const { kernel = 3, stride = 1, bias = true } = options;
    const side = (kernel - 1) / 2;
    return this.add(name, out, {
      op: 'conv2d',
      x: x.id,
      weight: weight(`${name}.weight`, out, x.channels, kernel, kernel),
      ...(bias ? { bias: weight(`${name}.bias`, out) } : {}),
      stride,
      padding: options.padding ?? [side, side, side, side],
    });
  }

  linear(name: string, x: Value, out: number, { bias = true }: LinearOptions = {}): Value {
    return this.add(name, out, {
      op: 'linear',
      x: x.id,
      weight: weight(`${name}.weight`, out, x.channels),
      ...(bias ? { bias: weight(`${name}.bias`, out) } : {}),
    });
  }

  groupNorm(name: string, x: Value, groups: number, eps: number): Value {
    if (x.channels % groups !== 0)
      throw new LoomError(
        'package-invalid',
        `${this.name}: ${x.channels} channels of "${name}" do not divide into ${groups} groups.`,
      );
    return this.add(name, x.channels, { op: 'group-norm', x: x.id, ...affine(name, x), groups, eps });
  }

  layerNorm(name: string, x: Value, eps: number): Value {
    return this.add(name, x.channels, { op: 'layer-norm', x: x.id, ...affine(name, x), eps });
  }

  activation(kind: Activation, x: Value): Value {
    return this.add(`${x.id}:${kind}`, x.channels, { op: 'activation', x: x.id, kind });
  }

  sum(name: string, a: Value, b: Value): Value {
    return this.add(name, a.channels, { op: 'add', a: a.id, b: b.id });
  }

  concat(name: string, ...xs: readonly Value[]): Value {
    const channels = xs.reduce((total, x) => total + x.channels, 0);
    return this.add(name, channels, { op: 'concat', xs: xs.map(({ id }) => id) });
  }

  toTokens(x: Value): Value {
    return this.add(`${x.id}:tokens`, x.channels, { op: 'to-tokens', x: x.id });
  }

  toMap(x: Value, like: Value): Value {
    return this.add(`${x.id}:map`, x.channels, { op: 'to-map', x: x.id, like: like.id });
  }

  /** `heads` must divide the channels: it is never rounded, since another number draws another picture. */
  attention(
    name: string,
    { q, k, v, heads, causal = false }: { q: Value; k: Value; v: Value; heads: number; causal?: boolean },
  ): Value {
    if (!Number.isInteger(heads) || heads < 1 || q.channels % heads !== 0)
      throw new LoomError(
        'package-invalid',
        `${this.name}: ${q.channels} channels of "${name}" do not divide into ${heads} heads.`,
      );
    return this.add(name, v.channels, { op: 'attention', q: q.id, k: k.id, v: v.id, heads, causal });
  }

  description(): NetworkDescription {
    return { name: this.name, inputs: this.#inputs, outputs: this.#outputs, ops: this.#ops };
  }
}

/** A weight as it lies in the file. */
export const weight = (name: string, ...shape: readonly number[]): WeightRef => ({ name, shape });

const affine = (name: string, x: Value): { weight: WeightRef; bias: WeightRef } => ({
  weight: weight(`${name}.weight`, x.channels),
  bias: weight(`${name}.bias`, x.channels),
});
