/**
 * What the engine knows of a kind of value. One file a kind, listed in `index.ts`: everything that depends on the kind
 * (checks while running, ownership, memory, backup) reads it from here, so that a new kind cannot be forgotten.
 */
import { z } from 'zod';
import type { LatentSpaceInfo } from '../model';
import type { Tensor } from '../tensor';
import type { TypeExpression } from '../type-expression';

/** Names of the fields that port types carry; `infer/wording.ts` and the catalogues have a word for each. */
export const fieldNames = [
  'space',
  'channels',
  'factor',
  'batch',
  'height',
  'width',
  'multiple',
  'onlyHeight',
  'onlyWidth',
  'parts',
  'accepts',
  'guidance',
  'image',
  'for',
  'labels',
  'type',
  'size',
] as const;
export type FieldName = (typeof fieldNames)[number];

/** Fields of a port type that are known. */
export type KnownFields = Readonly<Partial<Record<FieldName, TypeExpression>>>;

/** A kind that is one array. */
export interface ArrayLayout<V> {
  readonly dtype: Tensor['dtype'];
  /** A name is a field of the port type, a number that size. */
  readonly axes: readonly (FieldName | number)[];
  /** What `height` and `width` count: pixels, or latent cells. */
  readonly per: 'pixel' | 'cell';
  readonly of: (value: V) => Tensor;
}

export interface KindDescriptor<V> {
  /** Fields that types of this kind may carry. */
  readonly fields: readonly FieldName[];
  /** Whether something is such a value, as far as can be told without looking into tensors. */
  readonly schema: z.ZodType<V>;
  readonly array?: ArrayLayout<V>;
  /** Every tensor that a value owns, each once. */
  readonly tensors: (value: V) => readonly Tensor[];
  /** Whether its functions read tensors that it does not list: they live as long as it does. */
  readonly opaque?: (value: V) => boolean;
  /** What a value says of itself, beside the sizes of its array. */
  readonly known: (value: V) => KnownFields;
  /**
   * The same value over other tensors: how a copy is restored on another device. Absent where a value holds networks,
   * which belong to the device they were made on.
   */
  readonly rebuild?: (value: V, again: (tensor: Tensor) => Tensor) => V;
}

/** Identity with inference: gives each function the type of its value. */
export const defineKind = <V>(descriptor: KindDescriptor<V>): KindDescriptor<V> => descriptor;

/** The parts of values, for {@link valueSchema}: only what tells them from other things. */
export const has = (...names: readonly string[]) =>
  z.custom<object>(
    (value) => typeof value === 'object' && value !== null && names.every((name) => name in value),
    {
      error: `expected an object with ${names.join(', ')}`,
    },
  );
export const tensor = has('dims', 'dtype', 'release');
export const space = has('space', 'channels', 'factor');

/**
 * A check that a value carries its kind's tag and its parts. Values are made by nodes, never parsed from bytes, and
 * keep their identity; sizes are checked by the executor against the inferred port type.
 */
export function valueSchema<V extends { readonly kind: string }>(
  kind: V['kind'],
  parts: Readonly<Partial<Record<keyof V & string, z.ZodType>>>,
): z.ZodType<V> {
  return z.unknown().transform((value, context) => {
    const fail = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== kind)
      return fail(`expected a value of kind "${kind}"`);
    for (const [name, part] of Object.entries<z.ZodType | undefined>(parts)) {
      const [issue] = part?.safeParse(Reflect.get(value, name)).error?.issues ?? [];
      if (issue) return fail(`${name}: ${issue.message}`);
    }
    // The tag and every part were checked above; what is beyond them only a running node tells.
    return value as V;
  });
}

/** What a latent space says in types. */
export const spaceFields = ({ space: id, channels, factor }: LatentSpaceInfo): KnownFields => ({
  space: id,
  channels,
  factor,
});
/** The one size that a network's graph takes, if it takes only one. */
export const onlyFields = ({ only }: LatentSpaceInfo): KnownFields =>
  only ? { onlyHeight: only.height, onlyWidth: only.width } : {};

export const none = (): readonly Tensor[] => [];
export const unique = (tensors: readonly Tensor[]): readonly Tensor[] => [...new Set(tensors)];
