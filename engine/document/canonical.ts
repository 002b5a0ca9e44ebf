/** Canonical JSON: one text for one value, whatever order its records were filled in. */

/**
 * JSON with sorted keys. `undefined` fields are left out; −0 is 0; big integers
 * become `{"$bigint": "…"}` and typed arrays `{"$array": [name, …]}`, so that no two values share a
 * text. @throws TypeError for what has no such text (functions, symbols, NaN, infinities, cycles by depth).
 */
export function canonical(value: unknown, depth = 0): string {
  if (depth > 100) throw new TypeError('nested too deep');
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON`);
      return JSON.stringify(value);
    case 'bigint':
      return `{"$bigint":"${value}"}`;
    case 'object':
      break;
    default:
      throw new TypeError(`a ${typeof value} has no JSON`);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null, depth + 1)).join(',')}]`;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `{"$array":[${JSON.stringify(value.constructor.name)},"${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}"]}`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError('only plain objects have a canonical text');
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field, depth + 1)}`);
  return `{${fields.join(',')}}`;
}
