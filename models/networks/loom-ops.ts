/** Writes the ops of a network of ours one after the other, over the weights that a file holds. */
import {
  LoomError,
  type Activation,
  type NetworkDescription,
  type NetworkInput,
  type NetworkOp,
  type ValueId,
  type WeightEntry,
  type WeightRef,
} from '@/engine/types';

export type Entries = ReadonlyMap<string, WeightEntry>;
type Unnamed<T> = T extends unknown ? Omit<T, 'out'> : never;

/** Values are named after the op and its place in the list; weights after their PyTorch modules. */
export class Ops {
  readonly #ops: NetworkOp[] = [];

  constructor(
    readonly network: string,
    readonly entries: Entries,
  ) {}

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** How many of `prefix.0`, `prefix.1`, … the file has. */
  count(prefix: string): number {
    let n = 0;
    const names = [...this.entries.keys()];
    while (names.some((name) => name.startsWith(`${prefix}.${n}.`))) n += 1;
    return n;
  }

  /** A stored tensor of any shape, used as `shape`. Throws `package-invalid` where it is missing or of another size. */
  ref(name: string, shape?: readonly number[], transposed = false): WeightRef {
    const entry = this.entries.get(name);
    if (entry === undefined)
      throw new LoomError('package-invalid', `${this.network}: the weights have no "${name}".`);
    const wanted = shape ?? (transposed ? entry.shape.toReversed() : entry.shape);
    const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
    if (size(wanted) !== size(entry.shape))
      throw new LoomError(
        'package-invalid',
        `${this.network}: "${name}" is [${entry.shape.join(', ')}], not [${wanted.join(', ')}].`,
      );
    return { name, shape: wanted, ...(transposed && { transposed }) };
  }

  add(op: Unnamed<NetworkOp>): ValueId {
    const out = `${op.op}-${this.#ops.length}`;
    this.#ops.push({ ...op, out });
    return out;
  }

  /** A convolution with the weights of the module `name`. */
  conv(name: string, x: ValueId, stride: 1 | 2 = 1, padding?: number): ValueId {
    const weight = this.ref(`${name}.weight`);
    const pad = padding ?? Math.floor((weight.shape[2] ?? 1) / 2);
    const bias = this.vector(`${name}.bias`);
    return this.add({ op: 'conv2d', x, weight, bias, stride, padding: [pad, pad, pad, pad] });
  }

  /** A linear layer; the exported graphs hold most weights as [in, out], under a name that ends in `.T`. */
  linear(name: string, x: ValueId): ValueId {
    const turned = this.has(`${name}.weight.T`);
    const weight = this.ref(turned ? `${name}.weight.T` : `${name}.weight`, undefined, turned);
    return this.add({
      op: 'linear',
      x,
      weight,
      ...(this.has(`${name}.bias`) && { bias: this.vector(`${name}.bias`) }),
    });
  }

  groupNorm(name: string, x: ValueId, groups = 32): ValueId {
    const weight = this.vector(`${name}.weight`);
    return this.add({ op: 'group-norm', x, weight, bias: this.vector(`${name}.bias`), groups, eps: 1e-5 });
  }

  layerNorm(name: string, x: ValueId): ValueId {
    const weight = this.vector(`${name}.weight`);
    return this.add({ op: 'layer-norm', x, weight, bias: this.vector(`${name}.bias`), eps: 1e-5 });
  }

  activation(x: ValueId, kind: Activation): ValueId {
    return this.add({ op: 'activation', x, kind });
  }

  sum(a: ValueId, b: ValueId): ValueId {
    return this.add({ op: 'add', a, b });
  }

  /** norm, SiLU, 3×3 convolution, twice; a projected time embedding is added in between. */
  residual(name: string, x: ValueId, embedding?: ValueId): ValueId {
    const first = this.activation(this.groupNorm(`${name}.norm1`, x), 'silu');
    let h = this.conv(`${name}.conv1`, first);
    if (embedding !== undefined) h = this.add({ op: 'add-vector', x: h, vector: embedding });
    const skip = this.has(`${name}.skip.weight`) ? this.conv(`${name}.skip`, x) : x;
    const second = this.activation(this.groupNorm(`${name}.norm2`, h), 'silu');
    return this.sum(skip, this.conv(`${name}.conv2`, second));
  }

  /** Nearest neighbour ×2, then a 3×3 convolution. */
  upsample(name: string, x: ValueId): ValueId {
    return this.conv(`${name}.conv`, this.add({ op: 'upsample', x }));
  }

  /** Self-attention from one projection of queries, keys and values. */
  selfAttention(name: string, x: ValueId, heads: number): ValueId {
    const packed = this.linear(name, x);
    const width = (this.outputsOf(name) ?? 0) / 3;
    const part = (i: number) => this.add({ op: 'slice', x: packed, start: i * width, count: width });
    return this.add({ op: 'attention', q: part(0), k: part(1), v: part(2), heads, causal: false });
  }

  /** Outputs of the linear layer `name`. */
  outputsOf(name: string): number | undefined {
    const turned = this.entries.get(`${name}.weight.T`);
    return turned === undefined ? this.entries.get(`${name}.weight`)?.shape[0] : turned.shape[1];
  }

  vector(name: string): WeightRef {
    const size = this.entries.get(name)?.shape.reduce((a, b) => a * b, 1) ?? 0;
    return this.ref(name, [size]);
  }

  description(inputs: readonly NetworkInput[], output: string, value: ValueId): NetworkDescription {
    return { name: this.network, inputs, outputs: [{ name: output, value }], ops: this.#ops };
  }
}
