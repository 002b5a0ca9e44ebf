/**
 * A U-Net with its conditioning as one function denoise(x, σ): guidance, input
 * scaling and parameterisation inside, and all evaluations of a step in one
 * call of the network.
 */
import {
  LoomError,
  type ConditioningPart,
  type ConditioningPartName,
  type ConditioningValue,
  type DenoiserValue,
  type EncodedText,
  type ImageChannels,
  type Tensor,
  type TensorOps,
  type UNet,
} from '@/engine/types';
import { nchw, repeatBatch } from '../_shared/latent';
import { areaShares, hasAreas } from './_areas';
import { sizeNumbers } from './_sizes';
import { evaluations, type ActiveEntry, type Evaluation, type Scales } from './_math/guidance';
import { noiseLevels } from './_math/noise-levels';
import { denoisedWeights, inputScale } from './_math/prediction';

type Call = { readonly ops: TensorOps; readonly signal: AbortSignal };
type Parts = Partial<Readonly<Record<ConditioningPartName, ConditioningPart>>>;

export interface GuidanceOptions {
  readonly scales: Scales;
  /** φ of Lin et al. (2305.08891, §3.4): 0 = off. */
  readonly rescale: number;
  /** Fractions of the sampling between which guidance acts (Kynkäänniemi et al. 2404.07724); outside, scale 1. */
  readonly from: number;
  readonly to: number;
}

/** The learned null embeddings of a conditioner: [1, S, width] each. */
export interface NullParts {
  readonly text?: EncodedText;
  readonly class?: Tensor;
  /** The empty prompt's context, where texts of unequal lengths are wired: the shorter are filled up with it. */
  readonly filling?: Tensor;
}

export interface DenoiserParts {
  readonly unet: UNet;
  readonly positive: ConditioningValue['entries'];
  /** Parts that stand in for the null ones (a negative prompt). */
  readonly negative: Parts;
  readonly nulls: NullParts;
  readonly guidance: GuidanceOptions;
}

/** Makes the denoiser. Contexts are [1|B, S, width]; text tokens come before the class token, as trained. */
export function createDenoiser(parts: DenoiserParts): DenoiserValue {
  const prepare = (dims: readonly number[], call: Call): Promise<DenoiserValue['denoise']> =>
    Promise.resolve(prepared(parts, dims, call.ops));
  return {
    kind: 'denoiser',
    space: parts.unet.space,
    unet: parts.unet,
    prepare,
    denoise: async (x, sigma, at, call) => (await prepare(x.dims, call))(x, sigma, at, call),
    tensors: tensorsOf(parts),
  };
}

const tensorOf = (value: ConditioningPart): (Tensor | undefined)[] =>
  'context' in value ? [value.context, value.vector] : [value.concat];

function tensorsOf({ positive, negative, nulls }: DenoiserParts): Tensor[] {
  return [
    ...positive.flatMap((entry) => Object.values(entry.parts).flatMap(tensorOf)),
    ...Object.values(negative).flatMap(tensorOf),
    nulls.text?.context,
    nulls.text?.vector,
    nulls.class,
    nulls.filling,
  ].filter((tensor) => tensor !== undefined);
}

/** `ops` owns what is made once per shape: the batched contexts and maps of each set of evaluations. */
function prepared(parts: DenoiserParts, dims: readonly number[], ops: TensorOps): DenoiserValue['denoise'] {
  const { unet, guidance } = parts;
  const levels = noiseLevels(unet.diffusion);
  const batches = new Map<string, Promise<Batch>>();
  return async (x, sigma, at, call) => {
    call.signal.throwIfAborted();
    const active = activeEntries(parts.positive, at);
    const guided = at >= guidance.from && at <= guidance.to;
    const embedded = unet.guidance === 'embedded';
    const wanted = evaluations(active, guided && !embedded ? guidance.scales : 1);
    // Weight 0: evaluated for whoever asked, and no part of the sum.
    const used =
      call.unconditional && !wanted.some(({ entry }) => entry === -1)
        ? [...wanted, { entry: -1, parts: [], weight: 0 }]
        : wanted;
    const full = evaluations(active, 1);
    const key = used.map(({ entry, parts: names }) => `${entry}:${names.join()}`).join(';');
    let batch = batches.get(key);
    if (!batch) {
      batch = makeBatch(parts, used, dims, { ops, signal: call.signal });
      batches.set(key, batch);
    }
    const { context, concat, ...others } = await batch;

    const scaled = call.ops.linear([[inputScale(sigma), x]]);
    const stacked = stack(
      call.ops,
      used.map(() => scaled),
    );
    const sample = concat ? call.ops.concat([stacked, concat], 1) : stacked;
    const size = dims[0] ?? 1;
    const exact = levels.timestepOf(sigma);
    // Half-way, the lower one.
    const t = call.roundTimesteps === true ? Math.ceil(exact - 0.5) : exact;
    const timesteps = Array.from({ length: size * used.length }, () => t);
    const output = await unet.call(sample, timesteps, context, {
      ops: call.ops,
      signal: call.signal,
      ...others,
      ...(embedded && { guidance: guided ? embeddedScale(guidance.scales) : 1 }),
    });

    const each =
      used.length === 1 ? [output] : used.map((_, i) => call.ops.slice(output, 0, i * size, (i + 1) * size));
    const spatial = hasAreas(
      active.map(({ entry }) => parts.positive[entry]).filter((found) => found !== undefined),
    );
    const mixed = spatial
      ? mixedByArea({
          parts,
          active,
          used,
          each,
          dims,
          ops: call.ops,
          scales: guided && !embedded ? guidance.scales : 1,
        })
      : wanted.length === 1
        ? (each[0] ?? output)
        : call.ops.linear(wanted.map(({ weight }, i) => [weight, each[i] ?? output]));
    const like =
      guidance.rescale > 0 && wanted.length > 1 ? conditional(call.ops, used, full, each) : undefined;
    const final = like ? call.ops.rescale(mixed, like, guidance.rescale) : mixed;
    const { onX, onOutput } = denoisedWeights(unet.diffusion.prediction, sigma);
    const denoised = (from: Tensor): Tensor =>
      onX === 0
        ? call.ops.linear([[onOutput, from]])
        : call.ops.linear([
            [onX, x],
            [onOutput, from],
          ]);
    const bare = each[used.findIndex(({ entry }) => entry === -1)];
    if (bare) call.unconditional?.(denoised(bare));
    return denoised(final);
  };
}

/** The guided prediction of each entry alone, mixed cell by cell where it counts. */
function mixedByArea(from: {
  readonly parts: DenoiserParts;
  readonly active: readonly ActiveEntry[];
  readonly used: readonly Evaluation[];
  readonly each: readonly Tensor[];
  readonly dims: readonly number[];
  readonly ops: TensorOps;
  readonly scales: Scales;
}): Tensor {
  const { ops, active, used, each, parts } = from;
  const entries = active.map(({ entry, weight }) => {
    const area = parts.positive[entry]?.area;
    return { weight, ...(area && { area }) };
  });
  const [, , height = 1, width = 1] = from.dims;
  const shares = areaShares(ops, entries, { height, width }, parts.unet.space.factor);
  const terms = active.flatMap((one, index): [number, Tensor][] => {
    const alone = conditional(ops, used, evaluations([one], from.scales), each);
    const share = shares[index];
    return alone && share ? [[1, ops.multiply(alone, share)]] : [];
  });
  return ops.linear(terms);
}

/** The prediction without guidance, from evaluations that were made anyway; undefined when one of them was not. */
function conditional(
  ops: TensorOps,
  used: readonly Evaluation[],
  full: readonly Evaluation[],
  each: readonly Tensor[],
): Tensor | undefined {
  const terms: [number, Tensor][] = [];
  for (const wanted of full) {
    const at = used.findIndex(
      (one) => one.entry === wanted.entry && one.parts.join() === wanted.parts.join(),
    );
    const output = each[at];
    if (!output) return undefined;
    terms.push([wanted.weight, output]);
  }
  return terms.length === 0 ? undefined : ops.linear(terms);
}

function activeEntries(entries: ConditioningValue['entries'], at: number): ActiveEntry[] {
  return entries.flatMap(({ parts, weight, start, end }, entry) =>
    weight > 0 && at >= start && (at < end || end >= 1)
      ? [{ entry, weight, parts: Object.values(parts).map(({ part }) => part) }]
      : [],
  );
}

/** Guidance that the network takes as an input is one number: text's, where there is one for each part. */
const embeddedScale = (scales: Scales): number => (typeof scales === 'number' ? scales : scales.text);

interface Batch {
  readonly context: Tensor;
  readonly concat: Tensor | undefined;
  readonly vector?: Tensor;
  readonly sizes?: Tensor;
}

/** Image channels that the network was always given: no evaluation goes without them. */
const alwaysGiven: Readonly<Record<ImageChannels, boolean>> = {
  'mask+masked': true,
  'masked+mask': true,
  latent: false,
  'latent-unscaled': false,
  pixels: true,
};

/** Context [n·B, S, width], concat channels [n·B, K, h, w], vectors and sizes of n evaluations. */
async function makeBatch(
  parts: DenoiserParts,
  used: readonly Evaluation[],
  dims: readonly number[],
  call: Call,
): Promise<Batch> {
  const [batch = 1, , height = 1, width = 1] = dims;
  const { unet } = parts;
  const contexts: Tensor[] = [];
  const concats: Tensor[] = [];
  const vectors: Tensor[] = [];
  const sizes: number[] = [];
  const image = parts.positive.find((entry) => entry.parts.image)?.parts.image;
  const texts = used.map((evaluation) => {
    const own = parts.positive[evaluation.entry]?.parts ?? {};
    return (name: ConditioningPartName): ConditioningPart | undefined => {
      const chosen = evaluation.parts.includes(name) ? own[name] : parts.negative[name];
      if (name !== 'image' || unet.image === undefined || !alwaysGiven[unet.image]) return chosen;
      return own.image ?? chosen ?? image;
    };
  });
  const longest = Math.max(0, ...texts.map((pick) => textOf(parts, pick)?.context.dims[1] ?? 0));
  for (const pick of texts) {
    contexts.push(contextOf(parts, pick, batch, longest, call.ops));
    if (unet.concatChannels > 0) concats.push(await concatOf(unet, pick, { batch, height, width }, call));
    if (unet.vectorWidth !== undefined) {
      const vector = textOf(parts, pick)?.vector ?? call.ops.full([1, unet.vectorWidth], 0);
      vectors.push(repeatBatch(call.ops, vector, batch, 'text condition'));
    }
    if (unet.sizeNumbers !== undefined) {
      const { factor } = unet.space;
      const numbers = sizeNumbers(pick('text') ?? parts.positive[0]?.parts.text, {
        height: height * factor,
        width: width * factor,
      });
      for (let b = 0; b < batch; b++) sizes.push(...numbers);
    }
  }
  const lengths = new Set(contexts.map(({ dims: [, length] }) => length));
  if (lengths.size > 1) {
    throw new LoomError('bad-input', 'The conditions have contexts of different length.', {
      port: 'negative',
    });
  }
  return {
    context: stack(call.ops, contexts),
    concat: concats.length > 0 ? stack(call.ops, concats) : undefined,
    ...(vectors.length > 0 && { vector: stack(call.ops, vectors) }),
    ...(unet.sizeNumbers !== undefined && {
      sizes: call.ops.from(Float32Array.from(sizes), [used.length * batch, unet.sizeNumbers]),
    }),
  };
}

type Pick = (name: ConditioningPartName) => ConditioningPart | undefined;

/** The text of an evaluation, or what stands for one that is not wired. */
function textOf({ nulls }: DenoiserParts, pick: Pick): EncodedText | undefined {
  const chosen = pick('text');
  return chosen && 'context' in chosen ? chosen : nulls.text;
}

/** A text context filled up with empty prompts to `length` tokens, where it is shorter by whole prompts. */
function filled(ops: TensorOps, context: Tensor, length: number, filling: Tensor | undefined): Tensor {
  const [batch = 1, own = 0] = context.dims;
  const one = filling?.dims[1] ?? 0;
  if (!filling || own >= length || (length - own) % one !== 0) return context;
  const empty = repeatBatch(ops, filling, batch, 'empty prompt');
  return ops.concat([context, ...Array.from({ length: (length - own) / one }, () => empty)], 1);
}

const stack = (ops: TensorOps, tensors: readonly Tensor[]): Tensor => {
  const [only] = tensors;
  return only && tensors.length === 1 ? only : ops.concat(tensors, 0);
};

function contextOf(
  parts: DenoiserParts,
  pick: Pick,
  batch: number,
  textLength: number,
  ops: TensorOps,
): Tensor {
  const { unet, nulls } = parts;
  const pieces: Tensor[] = [];
  const text = textOf(parts, pick)?.context;
  if (text) {
    const whole = filled(ops, text, textLength, nulls.filling);
    pieces.push(repeatBatch(ops, whole, batch, 'text condition'));
  }
  const chosen = pick('class');
  const label = chosen && 'context' in chosen ? chosen.context : nulls.class;
  if (label) pieces.push(repeatBatch(ops, label, batch, 'class condition'));
  const [first] = pieces;
  // A network without cross-attention is given a context that it does not take.
  if (!first) return ops.full([batch, 1, Math.max(1, unet.contextWidth)], 0);
  return pieces.length === 1 ? first : ops.concat(pieces, 1);
}

/** An image condition (a latent, then its mask where there is one) in the order and scale that the network was trained with. */
function asTrained(ops: TensorOps, unet: UNet, image: Tensor): Tensor {
  const channels = image.dims[1] ?? 0;
  switch (unet.image) {
    case 'mask+masked':
      return ops.concat(
        [ops.slice(image, 1, channels - 1, channels), ops.slice(image, 1, 0, channels - 1)],
        1,
      );
    case 'latent-unscaled':
      return ops.linear([[1 / (unet.latentScale ?? 1), image]]);
    case 'masked+mask':
    case 'latent':
    case 'pixels':
    case undefined:
      return image;
  }
}

/** The channels that are concatenated to the latent: a map by labels, then an image. */
async function concatOf(
  unet: UNet,
  pick: Pick,
  size: { readonly batch: number; readonly height: number; readonly width: number },
  call: Call,
): Promise<Tensor> {
  const pieces: Tensor[] = [];
  let left = unet.concatChannels;
  const encoder = unet.conditioner.map;
  if (encoder && encoder.channels <= left) {
    const chosen = pick('map');
    const map = chosen && 'concat' in chosen ? chosen.concat : null;
    const own = map === null ? size.batch : (map.dims[0] ?? 1);
    const encoded = await encoder.encode(map, { ...size, batch: own }, call);
    pieces.push(repeatBatch(call.ops, encoded, size.batch, 'map condition'));
    left -= encoder.channels;
  }
  if (left > 0) {
    const chosen = pick('image');
    if (chosen && 'concat' in chosen) {
      const { channels } = nchw(chosen.concat);
      if (channels !== left) {
        throw new LoomError(
          'bad-input',
          `The image condition has ${channels} channels, but the U-Net takes ${left}.`,
          { port: 'positive' },
        );
      }
      const resized = asTrained(
        call.ops,
        unet,
        call.ops.resize(chosen.concat, size.height, size.width, 'bilinear'),
      );
      pieces.push(repeatBatch(call.ops, resized, size.batch, 'image condition'));
    } else {
      pieces.push(call.ops.full([size.batch, left, size.height, size.width], 0));
    }
  }
  const [first] = pieces;
  if (!first) throw new LoomError('internal', 'No channel to concatenate.');
  return pieces.length === 1 ? first : call.ops.concat(pieces, 1);
}
