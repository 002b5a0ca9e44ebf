/**
 * Lets the worker's other events have their turn: messages (a cancel), timers.
 *
 * onnxruntime's wasm computes synchronously behind a promise, so a sampling
 * would otherwise run from its first step to its last on microtasks alone, and
 * hear a cancel only when nothing is left to be cancelled. A message to
 * oneself is not throttled in hidden tabs, as timers are.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.addEventListener('message', () => {
      port1.close();
      port2.close();
      resolve();
    });
    port2.start();
    port1.postMessage(null);
  });
}
