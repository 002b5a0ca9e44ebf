/** From a description to steps: which ops become one kernel, and what is never stored. Knows nothing of tiles. */
import { inputsOf, shapesOf, type Shape, type Shapes } from '../network/shapes';
import { LoomError, type NetworkDescription, type NetworkOp } from '../types';
import { attentionDispatch } from './attention';
import { packMap, unpackMap } from './cells';
import { joinOperand, simpleOp, type Emit } from './ops';
import {
  finishDispatch,
  groupNormDispatch,
  layerNormDispatch,
  needsFinish,
  sumsDispatch,
  type NormPart,
} from './norm';
import { productOf } from './assemble';
import type { Product } from './product-types';
import { aligned, rowsOf, type Dispatch, type Limits, type Slot, type Sums, type View } from './types';
import {
  extentFrom,
  freshView,
  isPlain,
  operandOf,
  reshaped,
  sameRows,
  viewOf,
  type Operand,
  type Pending,
  type Value,
} from './values';
import { keepsZero } from './wgsl';
import type { Weights } from './weights';

/** One kernel, or a product whose tile is still to be chosen. Lowered in order: sums say how many chunks they have. */
export type Step =
  | { readonly kind: 'product'; readonly product: Product }
  | { readonly kind: 'dispatch'; readonly lower: () => Dispatch }
  /** Only needed for some cuts of what came before. */
  | { readonly kind: 'maybe'; readonly lower: () => Dispatch | undefined };

/** Steps of a network for one set of sizes, and where its inputs and outputs lie. */
export interface Fused {
  readonly steps: readonly Step[];
  readonly inputs: ReadonlyMap<string, Slot>;
  readonly outputs: ReadonlyMap<string, { readonly slot: Slot; readonly dims: Shape }>;
}

/** Parts that one operand may have: each takes a binding. */
const MOST_PARTS = 3;

/**
 * Fuses `network` for inputs of these sizes. Throws what {@link shapesOf} throws, and `unsupported` for what
 * these kernels cannot do.
 */
export function fuse(
  network: NetworkDescription,
  sizes: Readonly<Record<string, Shape>>,
  weights: Weights,
  limits: Limits,
): Fused {
  return new Fusing(network, shapesOf(network, sizes), weights, limits).run();
}

class Fusing {
  readonly #steps: Step[] = [];
  readonly #values = new Map<string, Value>();
  readonly #uses = new Map<string, number>();
  /** Values that a group normalisation reads, perhaps beside others: whoever makes them leaves sums. */
  readonly #summed = new Set<string>();
  /** Sums that were made for a value whose producer left none. */
  readonly #sumsOf = new Map<Slot, { readonly channels: number; readonly sums: Sums }>();

  constructor(
    private readonly network: NetworkDescription,
    private readonly shapes: Shapes,
    private readonly weights: Weights,
    private readonly limits: Limits,
  ) {
    const use = (id: string) => this.#uses.set(id, (this.#uses.get(id) ?? 0) + 1);
    for (const op of network.ops) for (const id of inputsOf(op)) use(id);
    for (const { value } of network.outputs) use(value);
    for (const op of network.ops.toReversed()) {
      const passes =
        op.op === 'concat' || op.op === 'upsample' || op.op === 'to-map' || op.op === 'to-tokens';
      if (op.op === 'group-norm') this.#summed.add(op.x);
      else if (passes && this.#summed.has(op.out)) for (const id of inputsOf(op)) this.#summed.add(id);
    }
  }

  run(): Fused {
    const inputs = new Map<string, Slot>();
    for (const { name } of this.network.inputs) {
      const dims = this.shapes.get(name) ?? [];
      const slot: Slot = { label: name, bytes: 4 * dims.reduce((a, b) => a * b, 1) };
      inputs.set(name, slot);
      this.#values.set(name, { kind: 'stored', view: this.#input(slot, dims) });
    }
    for (const op of this.network.ops) {
      let value = this.#make(op);
      // Read twice or more: made now, and kept.
      if (value.kind === 'pending' && (this.#uses.get(op.out) ?? 0) !== 1)
        value = { kind: 'stored', view: this.#force(value, op.out) };
      this.#values.set(op.out, value);
    }
    const outputs = new Map<string, { slot: Slot; dims: Shape }>();
    for (const { name, value } of this.network.outputs) {
      const view = this.#stored(value);
      const dims = this.shapes.get(value) ?? [];
      const slot: Slot = { label: name, bytes: 4 * dims.reduce((a, b) => a * b, 1) };
      // Tokens and vectors are [rows, channels] outside too: as a map of one element per row.
      const seen =
        dims.length === 4 ? view : { ...view, batch: view.batch * rowsOf(view), height: 1, width: 1 };
      this.#emit(() => unpackMap(seen, slot));
      outputs.set(name, { slot, dims });
    }
    return { steps: this.#steps, inputs, outputs };
  }

  /** Maps arrive as NCHW and are laid out as rows; others are rows already. */
  #input(slot: Slot, dims: Shape): View {
    const extent = extentFrom(dims);
    const raw: View = { slot, ...extent, pitch: extent.channels, offset: 0 };
    if (dims.length === 4) {
      const view = freshView(slot.label, extent);
      this.#emit(() => packMap(slot, view));
      return view;
    }
    if (dims.length < 3 || aligned(raw)) return raw;
    return joinOperand(operandOf(raw), `${slot.label} rows`, this.#emit);
  }

  readonly #emit: Emit = (lower) => {
    this.#steps.push({ kind: 'dispatch', lower });
  };

  #value(id: string): Value {
    const value = this.#values.get(id);
    if (value === undefined) throw new LoomError('internal', `${this.network.name}: "${id}" was not made.`);
    return value;
  }

  /** A value in memory, as whole vectors. */
  #stored(id: string): View {
    const value = this.#value(id);
    if (value.kind === 'stored') return value.view;
    const view = this.#force(value, id);
    this.#values.set(id, { kind: 'stored', view });
    return view;
  }

  /** A value as its reader may load it. */
  #operand(id: string): Operand {
    const value = this.#value(id);
    if (value.kind === 'operand' && value.group === undefined) return value;
    const view = this.#stored(id);
    // Vectors of four cannot be read from rows that start anywhere.
    return operandOf(aligned(view) ? view : joinOperand(operandOf(view), `${id} rows`, this.#emit));
  }

  /** As {@link operand}, with nothing done to its parts yet. */
  #plain(id: string): Operand {
    const operand = this.#operand(id);
    return isPlain(operand) ? operand : operandOf(this.#stored(id));
  }

  #force(value: Operand | Pending, id: string): View {
    if (value.kind === 'operand') {
      if (value.layer !== undefined) return this.#layerNorm(value, id);
      if (value.group !== undefined) return this.#groupNorm(value, id);
      return joinOperand(value, id, this.#emit);
    }
    const made = freshView(id, value.shape);
    const sums: Sums | undefined =
      this.#summed.has(id) && !value.paired
        ? { slot: { label: `${id} sums`, bytes: 0 }, chunks: 0 }
        : undefined;
    const view: View = { ...made, ...(sums && { sums }) };
    this.#steps.push({ kind: 'product', product: productOf(value, view, sums, this.weights) });
    return view;
  }

  #layerNorm({ parts, layer, shape }: Operand, id: string): View {
    const view = freshView(id, shape);
    const source = parts[0]?.view;
    if (source === undefined || layer === undefined) throw new LoomError('internal', `"${id}" has no parts.`);
    const slot = this.weights.vectors(`${id} weights`, { vectors: [layer.gamma, layer.beta] });
    this.#emit(() => layerNormDispatch(source, view, slot, layer.eps));
    return view;
  }

  #make(op: NetworkOp): Value {
    switch (op.op) {
      case 'conv2d':
      case 'linear':
        return this.#product(op);
      case 'group-norm': {
        let { parts } = this.#plain(op.x);
        const whole = parts.slice(0, -1).every(({ view }) => view.channels % 4 === 0);
        if (!whole) parts = [{ view: this.#stored(op.x), up: false }];
        const weights = this.weights.vectors(op.weight.name, { vectors: [op.weight, op.bias] });
        const { groups, eps } = op;
        return { kind: 'operand', parts, shape: this.#extent(op.out), group: { weights, groups, eps } };
      }
      case 'layer-norm': {
        const operand = this.#plain(op.x);
        const layer = { gamma: op.weight, beta: op.bias, eps: op.eps };
        const view = viewOf(operand) ?? this.#stored(op.x);
        return { ...operandOf(view), layer };
      }
      case 'activation': {
        const value = this.#value(op.x);
        const open = value.kind === 'pending' && value.act === undefined && value.residual === undefined;
        const clean = keepsZero(op.kind) || (value.kind === 'pending' && value.shape.channels % 4 === 0);
        if (open && !value.paired && clean) return { ...value, act: op.kind };
        if (value.kind === 'operand' && value.group !== undefined && value.act === undefined)
          return { ...value, act: op.kind };
        const operand = this.#operand(op.x);
        if (operand.act !== undefined || operand.layer !== undefined)
          return { ...operandOf(this.#stored(op.x)), act: op.kind };
        return { ...operand, act: op.kind };
      }
      case 'geglu': {
        const value = this.#value(op.x);
        const open =
          value.kind === 'pending' &&
          value.act === undefined &&
          value.residual === undefined &&
          value.vector === undefined &&
          !value.paired;
        if (open && value.shape.channels % 8 === 0)
          return { ...value, paired: true, shape: { ...value.shape, channels: value.shape.channels / 2 } };
        return this.#simple(op);
      }
      case 'add':
        return this.#add(op);
      case 'add-vector': {
        const value = this.#value(op.x);
        const open = value.kind === 'pending' && value.act === undefined && value.residual === undefined;
        if (!open || value.vector !== undefined || value.paired) return this.#simple(op);
        const vector = this.#stored(op.vector);
        const whole = { ...value, vector };
        return aligned(vector) && bindingsOf(whole) <= this.limits.buffers ? whole : this.#simple(op);
      }
      case 'concat': {
        const parts = op.xs.flatMap((x) => this.#plain(x).parts);
        const operand = { kind: 'operand' as const, parts, shape: this.#extent(op.out) };
        if (parts.length <= MOST_PARTS) return operand;
        return { kind: 'stored', view: joinOperand(operand, op.out, this.#emit) };
      }
      case 'slice': {
        const view = this.#stored(op.x);
        const { sums: _, ...cut } = { ...view, channels: op.count, offset: view.offset + op.start };
        if (op.start % 4 === 0 && op.count % 4 === 0 && aligned(view)) return { kind: 'stored', view: cut };
        return { kind: 'stored', view: joinOperand(operandOf(cut), op.out, this.#emit) };
      }
      case 'upsample': {
        let { parts } = this.#plain(op.x);
        if (parts.some(({ up }) => up)) parts = [{ view: this.#stored(op.x), up: false }];
        return {
          kind: 'operand',
          parts: parts.map(({ view }) => ({ view, up: true })),
          shape: this.#extent(op.out),
        };
      }
      case 'to-tokens':
      case 'to-map': {
        const { height, width } = this.#extent(op.out);
        const value = reshaped(this.#value(op.x), height, width);
        if (value !== undefined) return value;
        return { kind: 'stored', view: { ...this.#stored(op.x), height, width } };
      }
      case 'attention': {
        const [q, k, v] = [op.q, op.k, op.v].map((id) => this.#stored(id));
        if (q === undefined || k === undefined || v === undefined)
          throw new LoomError('internal', 'no queries');
        const out = freshView(op.out, this.#extent(op.out));
        const { heads, causal } = op;
        this.#emit(() => attentionDispatch({ q, k, v, out, heads, causal }, this.limits));
        return { kind: 'stored', view: out };
      }
      default:
        return this.#simple(op);
    }
  }

  #extent(id: string) {
    return extentFrom(this.shapes.get(id) ?? []);
  }

  #simple(op: NetworkOp): Value {
    const out = freshView(op.out, this.#extent(op.out));
    simpleOp(op, out, { view: (id) => this.#stored(id), weights: this.weights, emit: this.#emit });
    return { kind: 'stored', view: out };
  }

  #product(op: Extract<NetworkOp, { op: 'conv2d' | 'linear' }>): Value {
    let operand = this.#operand(op.x);
    const conv = op.op === 'conv2d';
    if (operand.layer !== undefined && (conv || operand.act !== undefined))
      operand = operandOf(this.#stored(op.x));
    const shape = this.#extent(op.out);
    const [, , high = 1, wide = 1] = op.weight.shape;
    return {
      kind: 'pending',
      label: op.weight.name,
      terms: [
        {
          operand,
          kernel: conv ? [high, wide] : [1, 1],
          stride: conv ? op.stride : 1,
          padding: conv ? [op.padding[0], op.padding[1]] : [0, 0],
          weight: op.weight,
        },
      ],
      biases: op.bias === undefined ? [] : [op.bias],
      paired: false,
      shape,
      rows: { height: shape.height, width: shape.width },
    };
  }

  #add(op: Extract<NetworkOp, { op: 'add' }>): Value {
    const [a, b] = [this.#value(op.a), this.#value(op.b)];
    const merged =
      a.kind === 'pending' && b.kind === 'pending' && op.a !== op.b ? merge(a, b, this.limits) : undefined;
    if (merged !== undefined) return merged;
    for (const [mine, other] of [
      [op.b, op.a],
      [op.a, op.b],
    ] as const) {
      const value = this.#value(mine);
      if (value.kind !== 'pending' || value.residual !== undefined || mine === other) continue;
      const residual = this.#stored(other);
      const whole = { ...value, residual };
      const fits =
        aligned(residual) && sameRows(residual, value.shape) && bindingsOf(whole) <= this.limits.buffers;
      if (fits) return whole;
    }
    return this.#simple(op);
  }

  #groupNorm({ parts, group, act, shape }: Operand, id: string): View {
    if (group === undefined) throw new LoomError('internal', `"${id}" has no groups.`);
    const out = freshView(id, shape);
    const normed = parts.map(({ view, up }) => {
      const sums = this.#sums(view);
      const finished: Sums = { slot: { label: 'sums in all', bytes: 0 }, chunks: 1 };
      // How many chunks there are is known once the product is cut: what is too much is added up before.
      this.#steps.push({
        kind: 'maybe',
        lower: () =>
          needsFinish(sums) ? finishDispatch(sums, finished, view.batch, view.channels) : undefined,
      });
      return (): NormPart => ({ view, up, sums: needsFinish(sums) ? finished : sums });
    });
    this.#emit(() =>
      groupNormDispatch({ parts: normed.map((part) => part()), ...group, ...(act && { act }), out }),
    );
    return out;
  }

  /** Sums that the producer left, or that are made now. */
  #sums(view: View): Sums {
    if (view.sums !== undefined) return view.sums;
    const made = this.#sumsOf.get(view.slot);
    if (made?.channels === view.channels && view.offset === 0) return made.sums;
    const lanes = Math.ceil(view.channels / 4);
    const sums: Sums = { slot: { label: 'sums', bytes: 0 }, chunks: 0 };
    this.#emit(() => {
      const dispatch = sumsDispatch(view, sums);
      sums.slot.bytes = view.batch * sums.chunks * 2 * lanes * 16;
      return dispatch;
    });
    if (view.offset === 0) this.#sumsOf.set(view.slot, { channels: view.channels, sums });
    return sums;
  }
}

/** Two products of one shape that are added: one product over both stretches of K. */
function merge(a: Pending, b: Pending, limits: Limits): Pending | undefined {
  const simple = ({ act, residual, paired, terms }: Pending) =>
    act === undefined &&
    residual === undefined &&
    !paired &&
    terms.every(({ operand }) => operand.layer === undefined);
  if (!simple(a) || !simple(b) || (a.vector && b.vector) || !sameRows(a.shape, b.shape)) return undefined;
  if (a.rows.height !== b.rows.height || a.rows.width !== b.rows.width) return undefined;
  const merged = {
    ...b,
    terms: [...b.terms, ...a.terms],
    biases: [...b.biases, ...a.biases],
    vector: a.vector ?? b.vector,
  };
  return bindingsOf(merged) > limits.buffers ? undefined : merged;
}

/** Buffers that a product binds, with the sums that it may be asked for. */
function bindingsOf({ terms, vector, residual }: Pending): number {
  const slots = new Set(terms.flatMap(({ operand }) => operand.parts.map(({ view }) => view.slot)));
  return 4 + slots.size + (vector === undefined ? 0 : 1) + (residual === undefined ? 0 : 1);
}
