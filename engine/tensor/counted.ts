/** Reference counting shared by every kind of tensor, and the ledger that leak tests read. */
import { LoomError, type DType, type Tensor, type TensorData } from '../types';

/** Bytes of one element. */
export const elementBytes: Readonly<Record<DType, number>> = { float32: 4, int32: 4, int64: 8, uint8: 1 };

/** What is alive on one backend. */
export interface Ledger {
  tensors: number;
  bytes: number;
  sessions: number;
}

/** A ledger with nothing on it. */
export const emptyLedger = (): Ledger => ({ tensors: 0, bytes: 0, sessions: 0 });

/** Product of the dimensions; 1 for a scalar. Throws `bad-input` on anything but whole, non-negative sizes. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const size of dims) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new LoomError(
        'bad-input',
        `[${dims.join(', ')}] is not a shape: sizes are whole numbers from 0.`,
      );
    count *= size;
  }
  if (!Number.isSafeInteger(count))
    throw new LoomError('bad-input', `A tensor of shape [${dims.join(', ')}] is too large.`);
  return count;
}

/** Whoever counts a tensor among what it made; told when somebody else gives that ownership up. */
export interface Owner {
  forget(tensor: CountedTensor): void;
}

/**
 * A tensor with counted owners: at most one scope, and any number of others
 * who called `retain`. `release` gives up a retained ownership if there is
 * one, else the scope's (so that a long loop can free its temporaries early,
 * and the scope's own release later does nothing for them).
 */
export abstract class CountedTensor implements Tensor {
  readonly bytes: number;
  readonly size: number;
  abstract readonly location: 'cpu' | 'gpu';
  #retained = 0;
  #owner: Owner | undefined;
  #disposed = false;

  constructor(
    readonly dtype: DType,
    readonly dims: readonly number[],
    private readonly ledger: Ledger,
  ) {
    this.size = elementCount(dims);
    this.bytes = this.size * elementBytes[dtype];
    ledger.tensors += 1;
    ledger.bytes += this.bytes;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Copies the contents to the CPU. Throws `tensor-disposed`. */
  abstract read(): Promise<TensorData>;

  /** Frees the memory. Called once. */
  protected abstract free(): void;

  /** Makes `owner` the scope this tensor belongs to; the former scope forgets it. */
  adopt(owner: Owner): void {
    this.alive();
    this.#owner?.forget(this);
    this.#owner = owner;
  }

  /** The scope drops its ownership. Nothing happens if it has none any more. */
  disown(owner: Owner): void {
    if (this.#owner !== owner) return;
    this.#owner = undefined;
    this.#settle();
  }

  retain(): this {
    this.alive();
    this.#retained += 1;
    return this;
  }

  release(): void {
    this.alive();
    if (this.#retained > 0) {
      this.#retained -= 1;
    } else {
      this.#owner?.forget(this);
      this.#owner = undefined;
    }
    this.#settle();
  }

  /** Throws `tensor-disposed` when the memory is gone. */
  alive(): void {
    if (this.#disposed)
      throw new LoomError('tensor-disposed', `This tensor [${this.dims.join(', ')}] was already released.`);
  }

  #settle(): void {
    if (this.#retained > 0 || this.#owner !== undefined || this.#disposed) return;
    this.#disposed = true;
    this.ledger.tensors -= 1;
    this.ledger.bytes -= this.bytes;
    this.free();
  }
}
