/** A graph in the making: nodes, small constants, weights. Values are named by the caller or numbered. */
import { toHalf } from '../types';
import {
  DATA_TYPE,
  type Attribute,
  type DataType,
  type Graph,
  type Initializer,
  type Node,
  type Port,
} from './proto';

/** Type that is computed in. */
export type FloatType = 'float32' | 'float16';

export const CONTRIB = 'com.microsoft';

export class GraphWriter {
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #constants = new Map<string, string>();
  readonly #renamed = new Map<string, string>();
  #count = 0;

  constructor(readonly float: FloatType) {}

  /** A node with one output. Attributes' whole numbers are ints; `{ float }` is a float. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    options: { out?: string; domain?: string } = {},
  ): string {
    const { out = this.fresh(op), domain = '' } = options;
    this.#nodes.push({ op, domain, inputs: this.#named(inputs), outputs: this.#named([out]), attributes });
    return out;
  }

  /** Values of this name are named otherwise from now on: the name is an output's. */
  reserve(port: string): void {
    if (!this.#renamed.has(port)) this.#renamed.set(port, `${port}:value`);
  }

  /** The input `port` in the type that is computed in: what nodes take by its name from now on. */
  castPort(port: string): void {
    const out = `${port}:${this.float}`;
    const attributes = { to: DATA_TYPE[this.float] };
    this.#nodes.push({ op: 'Cast', domain: '', inputs: [port], outputs: [out], attributes });
    this.#renamed.set(port, out);
  }

  /** The last node before the output `port`. */
  port(op: string, x: string, port: string, attributes: Readonly<Record<string, Attribute>>): void {
    this.#nodes.push({ op, domain: '', inputs: this.#named([x]), outputs: [port], attributes });
  }

  #named(names: readonly string[]): readonly string[] {
    return names.map((name) => this.#renamed.get(name) ?? name);
  }

  /** A node with several outputs. */
  nodeOf(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): readonly string[] {
    const names = Array.from({ length: outputs }, () => this.fresh(op));
    this.#nodes.push({ op, domain: '', inputs: this.#named(inputs), outputs: names, attributes });
    return names;
  }

  fresh(hint: string): string {
    this.#count += 1;
    return `_${hint}_${this.#count}`;
  }

  initializer(initializer: Initializer): string {
    this.#initializers.push(initializer);
    return initializer.name;
  }

  /** int64 numbers: shapes, axes, positions. A number is a scalar. */
  ints(values: number | readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values;
    const data = new Uint8Array(BigInt64Array.from(list, BigInt).buffer);
    return this.#constant('int64', typeof values === 'number' ? [] : [list.length], data);
  }

  int32(value: number): string {
    return this.#constant('int32', [], new Uint8Array(Int32Array.of(value).buffer));
  }

  /** Numbers of the type that is computed in, or of `type`. A number is a scalar. */
  floats(values: number | readonly number[], dims?: readonly number[], type: FloatType = this.float): string {
    const list = Float32Array.from(typeof values === 'number' ? [values] : values);
    const data = type === 'float32' ? list : toHalf(list);
    const shape = dims ?? (typeof values === 'number' ? [] : [list.length]);
    return this.#constant(type, shape, new Uint8Array(data.buffer));
  }

  cast(x: string, to: DataType): string {
    return this.node('Cast', [x], { to: DATA_TYPE[to] });
  }

  graph(name: string, inputs: readonly Port[], outputs: readonly Port[]): Graph {
    return {
      name,
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs,
      outputs,
      opsets: { '': 18, [CONTRIB]: 1 },
    };
  }

  /** Equal constants are one. */
  #constant(type: DataType, dims: readonly number[], data: Uint8Array): string {
    const key = `${type}[${dims.join()}]${data.join()}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer({ name: this.fresh('const'), type, dims, data });
    this.#constants.set(key, name);
    return name;
  }
}
