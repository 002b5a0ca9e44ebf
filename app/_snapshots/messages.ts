/**
 * What the engine's worker answers when somebody looks inside; `inspect-requests.ts`
 * is what the page asks. APP's protocol carries these beside its own messages;
 * typed arrays travel as transferables ({@link ./snapshot#transferables}).
 */
import { z } from 'zod';

const dims = z.array(z.int().nonnegative());
const float32 = z.instanceof(Float32Array);
const spaceInfo = z.strictObject({
  space: z.string(),
  channels: z.int().positive(),
  factor: z.int().positive(),
  /** Linear latent → RGB in 0…1, weight [channels][3]; null when the space has no factors. */
  rgb: z.strictObject({ weight: z.array(z.array(z.number())), bias: z.array(z.number()) }).nullable(),
});
const labelSet = z.strictObject({
  id: z.string(),
  labels: z.array(z.strictObject({ name: z.string(), color: z.string() })),
});
const token = z.strictObject({ id: z.int(), text: z.string(), known: z.boolean(), special: z.boolean() });
const part = z.strictObject({
  part: z.enum(['text', 'class', 'map', 'image']),
  /** The prompt or class name. */
  label: z.string(),
  /** text and class: L2 norm of each context vector of the first batch element. */
  norms: z.array(z.number()),
  /** text: how the prompt was cut, aligned with `norms`; null when the conditioner cannot say. */
  tokens: z.array(token).nullable(),
  overflow: z.string(),
  dims,
  /** text and class: float32 [1|B, S, width]. */
  context: float32.nullable(),
  /** map: uint8 indices [B, H, W] and its palette. image: float32 [B, C, h, w]. */
  map: z.strictObject({ data: z.instanceof(Uint8Array), labels: labelSet.nullable() }).nullable(),
  image: float32.nullable(),
});

/** A value on an edge, copied to the CPU: everything the inspector needs to show it. */
export const snapshotSchema = z.discriminatedUnion('kind', [
  /** float32 [B, C, h, w], normalised. */
  z.strictObject({ kind: z.literal('latent'), dims, data: float32, space: spaceInfo }),
  /** float32 [B, C, h, w] ~ N(0, I); seed as decimal uint64. */
  z.strictObject({ kind: z.literal('noise'), dims, data: float32, space: spaceInfo, seed: z.string() }),
  /** float32 [B, 3, H, W] in −1…1. */
  z.strictObject({ kind: z.literal('image'), dims, data: float32 }),
  /** float32 [B, 1, H, W] in 0…1. */
  z.strictObject({ kind: z.literal('mask'), dims, data: float32 }),
  /** uint8 [B, H, W]. */
  z.strictObject({ kind: z.literal('semantic-map'), dims, data: z.instanceof(Uint8Array), labels: labelSet }),
  /** int32 [B, h, w]; entries is the size of the codebook where known. */
  z.strictObject({
    kind: z.literal('codes'),
    dims,
    data: z.instanceof(Int32Array),
    space: spaceInfo,
    entries: z.int().positive().nullable(),
  }),
  z.strictObject({
    kind: z.literal('conditioning'),
    conditioner: z.string(),
    entries: z.array(
      z.strictObject({ weight: z.number(), start: z.number(), end: z.number(), parts: z.array(part) }),
    ),
  }),
  z.strictObject({ kind: z.literal('schedule'), sigmas: z.instanceof(Float64Array) }),
  z.strictObject({ kind: z.literal('number'), value: z.number() }),
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  /** Models and samplers: what there is to say about them, as message key (under `inspect.fact`) and value. */
  z.strictObject({
    kind: z.literal('facts'),
    of: z.enum(['unet', 'denoiser', 'first-stage', 'conditioner', 'sampler']),
    facts: z.array(
      z.strictObject({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) }),
    ),
  }),
]);
export type Snapshot = z.output<typeof snapshotSchema>;
export type SnapshotOf<K extends Snapshot['kind']> = Extract<Snapshot, { kind: K }>;

/** mean, population standard deviation, least and greatest finite value, NaN count and first position of NaN or ±∞. */
export const tensorStatsSchema = z.strictObject({
  count: z.int().nonnegative(),
  mean: z.number().nullable(),
  std: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  nan: z.int().nonnegative(),
  infinite: z.int().nonnegative(),
  firstBad: z.strictObject({ channel: z.int(), y: z.int(), x: z.int(), batch: z.int() }).nullable(),
});
export type TensorStats = z.output<typeof tensorStatsSchema>;

/** One kept step, without its tensors. Norms are root mean squares over the batch (1 = unit variance). */
export const stepSummarySchema = z.strictObject({
  /** 0…total−1; `kept` steps may have gaps when the memory budget thinned them. */
  step: z.int().nonnegative(),
  sigma: z.number(),
  xNorm: z.number(),
  denoisedNorm: z.number(),
  /** RMS of x̂₀ minus the previous kept step's x̂₀, per step between; null for the first. */
  change: z.number().nullable(),
  x: tensorStatsSchema,
  denoised: tensorStatsSchema,
});
export type StepSummary = z.output<typeof stepSummarySchema>;

export const trajectorySummarySchema = z.strictObject({
  node: z.string(),
  total: z.int().positive(),
  space: spaceInfo,
  dims,
  /** Ascending by step. */
  steps: z.array(stepSummarySchema),
  /** Bytes held, and the most that may be. */
  bytes: z.number(),
  budget: z.number(),
});
export type TrajectorySummary = z.output<typeof trajectorySummarySchema>;

/** Worker → page, in the protocol's `inspected`. Failures travel as APP's own error message with the same id. */
export const inspectReplySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('snapshot'), snapshot: snapshotSchema }),
  z.strictObject({ type: z.literal('not-computed') }),
  z.strictObject({ type: z.literal('trajectory'), trajectory: trajectorySummarySchema.nullable() }),
  z.strictObject({
    type: z.literal('trajectory-step'),
    step: z.int(),
    x: snapshotSchema,
    denoised: snapshotSchema,
  }),
]);
export type InspectReply = z.output<typeof inspectReplySchema>;

/** What the panels need of the worker: APP implements it over its protocol, the playground over fixed values. */
export interface InspectClient {
  /** undefined: the port has not been computed. */
  inspect(node: string, port: string, signal?: AbortSignal): Promise<Snapshot | undefined>;
  decode(node: string, port: string, signal?: AbortSignal): Promise<Snapshot>;
  trajectory(node: string, signal?: AbortSignal): Promise<TrajectorySummary | null>;
  trajectoryStep(
    node: string,
    step: number,
    signal?: AbortSignal,
  ): Promise<{ readonly x: Snapshot; readonly denoised: Snapshot }>;
  decodeStep(node: string, step: number, which: 'x' | 'denoised', signal?: AbortSignal): Promise<Snapshot>;
}
