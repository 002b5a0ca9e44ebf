/** One queue for the device: at most one node works on it, the earliest of the plan first. */
export class Lane {
  #busy = false;
  readonly #waiting: { readonly order: number; readonly go: () => void }[] = [];

  /** Waits for the device. Every `enter` is followed by one `leave`. */
  async enter(order: number): Promise<void> {
    if (!this.#busy) {
      this.#busy = true;
      return;
    }
    await new Promise<void>((go) => {
      const at = this.#waiting.findIndex((other) => other.order > order);
      this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, { order, go });
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next.go();
    else this.#busy = false;
  }
}
