/** NumPy's .npy (format 1 and 2), float16 and float32, C order. */
import { fromHalf } from '@/engine/types';

/** Values and shape. Throws on anything else. */
export function readNpy(file: Uint8Array): { values: Float32Array; shape: number[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0) !== 0x934e554d) throw new Error('Not a .npy file.');
  const wide = (file[6] ?? 1) > 1;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = (wide ? 12 : 10) + length;
  const header = new TextDecoder().decode(file.subarray(wide ? 12 : 10, start));
  const type = /'descr':\s*'<(f[24])'/u.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/u.exec(header)?.[1];
  if (type === undefined || shape === undefined || !/'fortran_order':\s*False/u.test(header))
    throw new Error(`Unsupported .npy header: ${header}`);
  const data = new Uint8Array(file.subarray(start)).buffer;
  return {
    values: type === 'f2' ? fromHalf(new Uint16Array(data)) : new Float32Array(data),
    shape: shape
      .split(',')
      .filter((size) => size.trim() !== '')
      .map(Number),
  };
}
