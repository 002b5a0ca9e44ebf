/** Element types of ONNX tensors (TensorProto.DataType) by the names that this code uses. */
const ELEMENT_TYPES = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  16: 'bfloat16',
} as const;

/** `other` is any type that no network of the family needs (strings, complex numbers, 4 and 8 bit floats). */
export type ElementType = (typeof ELEMENT_TYPES)[keyof typeof ELEMENT_TYPES] | 'other';

const byNumber = new Map<number, ElementType>(
  Object.entries(ELEMENT_TYPES).map(([number, type]) => [Number(number), type]),
);

/** The type with ONNX's number. */
export const elementTypeOf = (number: number): ElementType => byNumber.get(number) ?? 'other';

/** Bytes of one element; undefined for `other`. */
export const ELEMENT_BYTES: Readonly<Record<ElementType, number | undefined>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  bfloat16: 2,
  other: undefined,
};
