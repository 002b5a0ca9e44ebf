/** One queue for the device: at most one node works on it, the earliest of the plan first. */
export class DeviceQueue {
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

/** One step's place in the queue; a step that needs no device has it always. */
export class DeviceSlot {
  #onDevice = false;
  #outside = 0;

  constructor(
    private readonly queue: DeviceQueue,
    private readonly free: boolean,
    private readonly order: number,
  ) {}

  async enter(): Promise<void> {
    if (!this.free) await this.queue.enter(this.order);
    this.#onDevice = !this.free;
  }

  leave(): void {
    if (this.#onDevice) this.queue.leave();
    this.#onDevice = false;
  }

  /** Does `work` while another has the device, and takes it again when the last such work is done. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    if (this.#outside++ === 0) this.leave();
    try {
      return await work();
    } finally {
      if (--this.#outside === 0) await this.enter();
    }
  }
}
