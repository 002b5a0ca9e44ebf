/** Scopes: what is made through a scope's `ops` is let go together. */
import type { Tensor, TensorOps, TensorScope } from '../types';
import { CountedTensor, type Owner } from './counted';

/** Makes the ops of one scope: each tensor they make is passed to `own`, child scopes come from `child`. */
export type OpsFactory = (
  own: <T extends CountedTensor>(tensor: T) => T,
  child: () => TensorScope,
) => TensorOps;

/** A fresh scope whose ops are made by `factory`. Releasing it releases its child scopes too. */
export function createScope(factory: OpsFactory, parent?: Scope): TensorScope {
  return new Scope(factory, parent);
}

class Scope implements TensorScope, Owner {
  readonly ops: TensorOps;
  readonly #made = new Set<CountedTensor>();
  readonly #children = new Set<Scope>();

  constructor(
    factory: OpsFactory,
    private readonly parent: Scope | undefined,
  ) {
    this.ops = factory(
      (tensor) => this.#own(tensor),
      () => {
        const child = new Scope(factory, this);
        this.#children.add(child);
        return child;
      },
    );
  }

  keep<T extends Tensor>(tensor: T): T {
    if (this.parent !== undefined && tensor instanceof CountedTensor && this.#made.has(tensor))
      this.parent.#own(tensor);
    return tensor;
  }

  release(): void {
    for (const child of this.#children) child.release();
    this.#children.clear();
    for (const tensor of this.#made) tensor.disown(this);
    this.#made.clear();
    if (this.parent !== undefined) this.parent.#children.delete(this);
  }

  forget(tensor: CountedTensor): void {
    this.#made.delete(tensor);
  }

  #own<T extends CountedTensor>(tensor: T): T {
    tensor.adopt(this);
    this.#made.add(tensor);
    return tensor;
  }
}
