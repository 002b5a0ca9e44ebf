/** Stored numbers as float32. */
import { fromHalf, type WeightDType } from '@/engine/types';
import type { SafetensorsType } from './safetensors-header';

/** A copy, so that alignment does not matter. `undefined` for types that are no floats of 16 bits or more. */
export function floatsOf(type: SafetensorsType | WeightDType, bytes: Uint8Array): Float32Array | undefined {
  const { buffer } = new Uint8Array(bytes);
  switch (type) {
    case 'F32':
    case 'float32':
      return new Float32Array(buffer);
    case 'F16':
    case 'float16':
      return fromHalf(new Uint16Array(buffer));
    case 'BF16':
    case 'bfloat16':
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (upper) => upper << 16).buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'I32':
      return Float32Array.from(new Int32Array(buffer));
    default:
      return undefined;
  }
}
