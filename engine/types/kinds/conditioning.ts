import type { Conditioner } from '../model';
import type { Tensor } from '../tensor';
import { defineKind, has, unique, valueSchema } from './kind';

export type ConditioningPartName = 'text' | 'class' | 'map' | 'image';
/** Size conditioning in pixels (SDXL 2307.01952, §2.2): of the training picture, its crop, and the picture asked for. */
export interface PictureSizes {
  readonly originalHeight?: number;
  readonly originalWidth?: number;
  readonly cropTop?: number;
  readonly cropLeft?: number;
  readonly targetHeight?: number;
  readonly targetWidth?: number;
}
/** One part: its embedding and where it goes (paper §3.3: cross-attention or concatenation). */
export type ConditioningPart =
  | {
      readonly part: 'text' | 'class';
      /** [1|B, S, width] */
      readonly context: Tensor;
      /** Pooled vector [1|B, V], where the package's U-Net takes one (SDXL). */
      readonly vector?: Tensor;
      /** What a U-Net that takes sizes is told of the picture; what is left out follows from the picture drawn. */
      readonly sizes?: PictureSizes;
      /** For display: the prompt or the class name. */
      readonly label: string;
    }
  | {
      readonly part: 'map' | 'image';
      /** uint8 [1|B, H, W] indices (map) or float32 [1|B, C, h, w] (image); brought to latent size by the U-Net node. */
      readonly concat: Tensor;
      readonly label: string;
    };
/** A rectangle of the picture in which a condition counts, in pixels or as fractions of it. */
export interface ConditioningArea {
  readonly unit: 'px' | 'fraction';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Its weight where it meets others. */
  readonly strength: number;
}
/**
 * What a U-Net is conditioned on. Parts that are absent take their null value.
 * `entries` lets several conditionings be mixed by weight and over ranges of the sampling.
 */
export interface ConditioningValue {
  readonly kind: 'conditioning';
  readonly conditioner: Conditioner;
  readonly entries: readonly {
    readonly parts: Partial<Readonly<Record<ConditioningPartName, ConditioningPart>>>;
    readonly weight: number;
    /** Fraction of the sampling at which it begins and ends to count, 0…1. */
    readonly start: number;
    readonly end: number;
    /** Where it counts; everywhere when left out. */
    readonly area?: ConditioningArea;
  }[];
}

const tensorsOf = ({ entries }: ConditioningValue): readonly Tensor[] =>
  unique(
    entries.flatMap(({ parts }) =>
      Object.values(parts).flatMap((part) => {
        if (part === undefined) return [];
        return 'context' in part ? [part.context, ...(part.vector ? [part.vector] : [])] : [part.concat];
      }),
    ),
  );

export const conditioning = defineKind<ConditioningValue>({
  /** `for`: id of the conditioner; `parts`: which of text, class, map, image. */
  fields: ['for', 'parts', 'batch'],
  schema: valueSchema<ConditioningValue>('conditioning', { conditioner: has('id'), entries: has('length') }),
  tensors: tensorsOf,
  known: (value) => ({ batch: Math.max(1, ...tensorsOf(value).map(({ dims }) => dims[0] ?? 1)) }),
});
