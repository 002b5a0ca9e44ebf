/** Whether a device can take a network: said before a byte of its weights is read. */
import { LoomError, type BackendInfo, type NetworkFiles } from '@/engine/types';

/** What wasm32 can address. */
const wasmBytes = 2 ** 32;
/** Graph, activations and what onnxruntime itself takes beside the weights, at least. */
const wasmReserve = 256 * 2 ** 20;

/** Bytes that the weights take once they are loaded: wasm computes in single precision and expands halves. */
export function residentBytes(
  network: NetworkFiles,
  { kind }: Pick<BackendInfo, 'kind'>,
): number | undefined {
  if (network.kind === 'stored') return undefined;
  return kind === 'wasm' && network.precision === 'fp16' ? network.weightBytes * 2 : network.weightBytes;
}

const inGigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Throws `precision-unsupported` or `too-large-for-device`, with what to do instead. */
export function checkDevice(
  name: string,
  network: NetworkFiles,
  info: Pick<BackendInfo, 'kind' | 'half'>,
): void {
  const bytes = residentBytes(network, info);
  if (bytes === undefined || network.kind === 'stored') return;
  // A graph of ours is written in the precision that the device has; one that came with the model is as it is.
  if (
    network.kind === 'graph' &&
    info.kind === 'webgpu' &&
    network.precision === 'fp16' &&
    info.half === false
  )
    throw new LoomError(
      'precision-unsupported',
      `${name} computes in half precision, and this GPU's WebGPU has no shader-f16.`,
      {},
      {
        fix: 'Run it on wasm, use a single-precision export, or a browser that offers shader-f16.',
        details: { network: name },
      },
    );
  // While it is loaded, wasm holds the stored bytes beside the expanded ones.
  const needed = bytes + wasmReserve;
  if (info.kind === 'wasm' && needed > wasmBytes)
    throw new LoomError(
      'too-large-for-device',
      `${name} needs ${inGigabytes(needed)} of memory; wasm can address ${inGigabytes(wasmBytes)}.`,
      {},
      {
        fix: 'Use a browser with WebGPU, or a smaller or distilled model.',
        details: { network: name, needed, available: wasmBytes },
      },
    );
}
