/** Standard normal noise by source: the one place that makes it, for every backend. */
import { LoomError } from '../types/error';
import type { NoiseSource } from '../types/tensor';
import { fillNormal } from './normal';
import { elementCount } from './counted';
import { TorchGenerator } from './torch-cpu';
import { fillTorchCuda } from './torch-cuda';

/** Noise of these dimensions, dims[0] the batch. Throws `invalid-param` where the seed is no unsigned 64-bit number. */
export function noiseData(dims: readonly number[], source: NoiseSource): Float32Array {
  const { seed, stream, firstElement = 0, generator = 'philox', seeds = 'one' } = source;
  const [batch = 1] = dims;
  const out = new Float32Array(elementCount(dims));
  if (seed < 0n || seed >= 1n << 64n)
    throw new LoomError('invalid-param', `The seed ${seed} is not an unsigned 64-bit number.`);
  if (batch === 0) return out;
  const each = out.length / batch;
  if (generator === 'torch-cpu' && seeds === 'one') {
    // One call draws the whole batch; elements before the first are drawn and dropped.
    out.set(torchCall(seed, stream, (firstElement + batch) * each).subarray(firstElement * each));
    return out;
  }
  for (let k = 0; k < batch; k++) {
    const part = out.subarray(k * each, (k + 1) * each);
    const element = firstElement + k;
    const own = BigInt.asUintN(64, seed + BigInt(element));
    switch (generator) {
      case 'philox':
        fillNormal(part, seed, stream, element);
        break;
      case 'torch-cpu':
        part.set(torchCall(own, stream, each));
        break;
      case 'torch-cuda':
        if (seeds === 'each') fillTorchCuda(part, own, stream, 0);
        else fillTorchCuda(part, seed, stream, element * each);
        break;
    }
  }
  return out;
}

/** What call number `call` (0 = the first) of `torch.randn` with so many elements gives on one generator. */
function torchCall(seed: bigint, call: number, count: number): Float32Array {
  const generator = new TorchGenerator(seed);
  for (let i = 0; i < call; i++) generator.skip(count);
  return generator.normals(count);
}
