/** The descriptors of port kinds: complete, and what nodes and packages say keeps to them. */
import { describe, expect, it } from 'vitest';
import { installed } from '@/app/_cli/packages';
import { kindOf, portKinds, type AnyValue, type Tensor } from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import { copy, canBackUp, restore } from '@/engine/run/backup';
import { shapeProblem, tensorsOf, typeOfValue } from '@/engine/run/values';
import { registry } from '@/nodes/registry';

const space = { space: 's', channels: 4, factor: 8, rgb: { weight: [], bias: [] } };
const labels = { id: 'two', labels: [] };

/** A value of every kind that tensors and plain data make up. */
const samples = (
  make: (dims: readonly number[], dtype?: 'uint8' | 'int32') => Tensor,
): readonly AnyValue[] => [
  { kind: 'image', pixels: make([2, 3, 4, 5]) },
  { kind: 'mask', mask: make([2, 1, 4, 5]) },
  { kind: 'semantic-map', labels, map: make([2, 4, 5], 'uint8') },
  {
    kind: 'latent',
    space,
    samples: make([2, 4, 4, 5]),
    noisy: { sigma: 1, sampler: 'lms', before: [], history: [make([2, 4, 4, 5])] },
  },
  { kind: 'codes', space, codes: make([2, 4, 5], 'int32') },
  { kind: 'noise', space, samples: make([2, 4, 4, 5]), seed: 1n },
  { kind: 'schedule', sigmas: Float64Array.of(1, 0) },
  { kind: 'sampler', name: 'euler', options: {} },
  { kind: 'number', value: 3 },
  { kind: 'text', text: 'x' },
];

describe('the kinds of values', () => {
  it.each(portKinds)(
    '%s: takes values of its own tag with their parts only, and says which part is missing',
    (kind) => {
      const { schema, fields, array } = kindOf(kind);
      const wrong = schema.safeParse({ kind: 'other' });
      expect(wrong.error?.issues[0]?.message).toBe(`expected a value of kind "${kind}"`);
      expect(schema.safeParse({ kind }).error?.issues[0]?.message).toMatch(/^\w+: /);
      const axes = (array?.axes ?? []).filter((axis) => typeof axis === 'string');
      expect(fields).toEqual(expect.arrayContaining(axes));
    },
  );

  it('know their values: tensors, type, and how to be made again elsewhere', async () => {
    const [here, there] = [createCpuBackend().scope(), createCpuBackend().scope()];
    const make = (dims: readonly number[], dtype?: 'uint8' | 'int32'): Tensor => {
      const count = dims.reduce((product, size) => product * size, 1);
      const data = Array.from({ length: count }, (_, index) => index % 7);
      if (dtype === 'uint8') return here.ops.from(Uint8Array.from(data), dims);
      if (dtype === 'int32') return here.ops.from(Int32Array.from(data), dims);
      return here.ops.from(Float32Array.from(data), dims);
    };
    const values = samples(make);
    const rebuilt = portKinds.filter((kind) => kindOf(kind).rebuild !== undefined);
    expect(values.map(({ kind }) => kind).toSorted()).toEqual(rebuilt.toSorted());
    for (const value of values) {
      expect(kindOf(value.kind).schema.parse(value)).toBe(value);
      expect(shapeProblem(value)).toBeUndefined();
      const { kind, fields } = typeOfValue(value);
      expect(
        Object.keys(fields).filter((name) => !kindOf(kind).fields.some((field) => field === name)),
      ).toEqual([]);
      expect(fields).toMatchObject(kindOf(kind).array ? { batch: 2, height: 4, width: 5 } : {});
      expect(canBackUp({ value })).toBe(true);
      const again = restore(await copy({ value }), there.ops)['value'];
      if (!again) throw new Error(kind);
      const [before, after] = [tensorsOf(value), tensorsOf(again)];
      // Every tensor that it owns is another now, with the same numbers: none was forgotten.
      expect(after.filter((tensor) => before.includes(tensor))).toEqual([]);
      expect(await Promise.all(after.map((tensor) => tensor.read()))).toEqual(
        await Promise.all(before.map((tensor) => tensor.read())),
      );
      // A tensor of the value that is not listed as owned would leak: look for them all.
      expect(tensorsIn(value).size, kind).toBe(before.length);
    }
    here.release();
    there.release();
  });

  it('have every field that nodes and packages name', async () => {
    const { catalog } = await installed();
    const types = [
      ...registry
        .all()
        .flatMap(({ inputs, outputs }) => Object.values({ ...inputs, ...outputs }).map(({ type }) => type)),
      ...catalog.packages.flatMap((id) => Object.values(catalog.ports(id) ?? {})),
    ];
    expect(types.length).toBeGreaterThan(100);
    for (const { kind, fields } of types) {
      const known: readonly string[] = kindOf(kind).fields;
      expect(
        Object.keys(fields).filter((field) => !known.includes(field)),
        kind,
      ).toEqual([]);
    }
  });
});

/** Every tensor somewhere inside a value. */
function tensorsIn(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found;
  if ('dims' in value && 'release' in value) return found.add(value);
  for (const part of Object.values(value)) tensorsIn(part, found);
  return found;
}
