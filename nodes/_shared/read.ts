/** Reading tensors back to the CPU, with their element type checked. */
import { LoomError, type Tensor } from '@/engine/types';

/** The contents of a float32 tensor. Throws `bad-input` for another element type. */
export async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const data = await tensor.read();
  if (data instanceof Float32Array) return data;
  throw new LoomError('bad-input', `Expected a float32 tensor, got ${tensor.dtype}.`);
}

/** The contents of a uint8 tensor. Throws `bad-input` for another element type. */
export async function readBytes(tensor: Tensor): Promise<Uint8Array> {
  const data = await tensor.read();
  if (data instanceof Uint8Array) return data;
  throw new LoomError('bad-input', `Expected a uint8 tensor, got ${tensor.dtype}.`);
}

/** The contents of an int32 tensor. Throws `bad-input` for another element type. */
export async function readIntegers(tensor: Tensor): Promise<Int32Array> {
  const data = await tensor.read();
  if (data instanceof Int32Array) return data;
  throw new LoomError('bad-input', `Expected an int32 tensor, got ${tensor.dtype}.`);
}
