/** Tensors as files: .npy (NumPy format 1.0) and safetensors. DOM-free. */
export type FileArray = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface NamedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: FileArray;
}

const types = (data: FileArray): { readonly npy: string; readonly safetensors: string } => {
  if (data instanceof Float32Array) return { npy: '<f4', safetensors: 'F32' };
  if (data instanceof Float64Array) return { npy: '<f8', safetensors: 'F64' };
  if (data instanceof Int32Array) return { npy: '<i4', safetensors: 'I32' };
  return { npy: '|u1', safetensors: 'U8' };
};

/** The values in little-endian order, whatever the machine's. */
function littleEndian(data: FileArray): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const native = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (native || data.BYTES_PER_ELEMENT === 1) return bytes;
  const swapped = bytes.slice();
  for (let at = 0; at < swapped.length; at += data.BYTES_PER_ELEMENT)
    swapped.subarray(at, at + data.BYTES_PER_ELEMENT).reverse();
  return swapped;
}

function check({ dims, data }: Pick<NamedTensor, 'dims' | 'data'>): void {
  if (dims.reduce((product, dim) => product * dim, 1) !== data.length)
    throw new RangeError(`${data.length} values do not fill [${dims.join(', ')}]`);
}

/** One array as .npy (numpy.lib.format, version 1.0; the header ends on a multiple of 64). @throws RangeError when dims and data disagree */
export function writeNpy(tensor: {
  readonly dims: readonly number[];
  readonly data: FileArray;
}): Uint8Array<ArrayBuffer> {
  check(tensor);
  const { dims, data } = tensor;
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const dict = `{'descr': '${types(data).npy}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11)}\n`;
  const file = new Uint8Array(10 + header.length + data.byteLength);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(file.buffer).setUint16(8, header.length, true);
  file.set(new TextEncoder().encode(header), 10);
  file.set(littleEndian(data), 10 + header.length);
  return file;
}

/**
 * Named arrays as safetensors: u64 length of the header, JSON, then the data, each at a multiple of 8.
 * @throws RangeError when dims and data disagree or two names are equal
 */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const tensor of tensors) check(tensor);
  if (
    new Set(tensors.map(({ name }) => name)).size !== tensors.length ||
    tensors.some(({ name }) => name === '__metadata__')
  )
    throw new RangeError('Names of tensors must differ from each other and from __metadata__');
  let end = 0;
  // Wider types first: every tensor then starts aligned without holes, which the format forbids.
  const sorted = tensors.toSorted((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const entries = sorted.map(({ name, dims, data }) => {
    const start = end;
    end += data.byteLength;
    return [name, { dtype: types(data).safetensors, shape: dims, data_offsets: [start, end] }] as const;
  });
  const json = JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...entries]));
  const bytes = new TextEncoder().encode(json);
  const length = Math.ceil(bytes.length / 8) * 8;
  const file = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(bytes, 8);
  let at = 8 + length;
  for (const { data } of sorted) {
    file.set(littleEndian(data), at);
    at += data.byteLength;
  }
  return file;
}
