/**
 * How much of its linear memory onnxruntime's wasm has ever written to. That
 * memory only grows, and in steps larger than what was asked for; the pages
 * touched are what the networks really took. Import before onnxruntime.
 */
import { existsSync, readFileSync } from 'node:fs';

const memories: WebAssembly.Memory[] = [];

/** Notes every linear memory made from now on. */
export function watchWasmMemory(): void {
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(descriptor);
      // onnxruntime makes an empty one to see whether sharing is allowed.
      if (descriptor.maximum !== 0) memories.push(memory);
      return memory;
    },
  });
}

/**
 * Bytes of linear memory touched so far: its resident pages where Linux tells
 * (`/proc/self/smaps`), else its size.
 */
export function touchedWasmMemory(): number {
  return memories.reduce((sum, { buffer }) => sum + (residentOf(buffer.byteLength) ?? buffer.byteLength), 0);
}

/**
 * Resident bytes of the mapping of this size. Before the memory grows its size is a round one
 * that others may have too (seen: one in a hundred processes); its own is the fullest of them.
 */
function residentOf(size: number): number | undefined {
  if (!existsSync('/proc/self/smaps')) return undefined;
  let matches = false;
  let most: number | undefined;
  for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) /.exec(line) ?? [];
    if (from !== undefined && to !== undefined)
      matches = Number.parseInt(to, 16) - Number.parseInt(from, 16) === size;
    const [, kilobytes] = /^Rss:\s+(\d+) kB/.exec(line) ?? [];
    if (matches && kilobytes !== undefined) most = Math.max(most ?? 0, Number(kilobytes) * 1024);
  }
  return most;
}
