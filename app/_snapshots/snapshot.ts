/** Values of the engine, copied to the CPU, as messages for the inspector. Runs in the worker and on the command line; DOM-free. */
import {
  LoomError,
  type AnyValue,
  type Conditioner,
  type ConditioningPart,
  type ImageValue,
  type LatentSpaceInfo,
  type ModelSource,
  type PortKind,
  type Tensor,
  type TensorOps,
  type UNet,
  type ValueOf,
} from '@/engine/types';
import type { Snapshot, SnapshotOf } from './messages';
import { rowNorms } from './stats';

type SpaceMessage = SnapshotOf<'latent'>['space'];
type PartMessage = SnapshotOf<'conditioning'>['entries'][number]['parts'][number];

/** A tensor's values in an array of their own, checked to be of the type its kind has. @throws LoomError `bad-output` */
async function read<T extends Float32Array | Int32Array | Uint8Array>(
  tensor: Tensor,
  type: new (data: T) => T,
): Promise<T> {
  const data = await tensor.read();
  if (!(data instanceof type))
    throw new LoomError('bad-output', `A tensor of type ${tensor.dtype} stands where another was expected.`);
  // The engine may hand out its own memory; a transferred copy must not take it along.
  return new type(data);
}

/** A latent space without its network. */
export function spaceMessage({ space, channels, factor, rgb }: LatentSpaceInfo): SpaceMessage {
  const usable = rgb.weight.length === channels && rgb.bias.length === 3;
  return {
    space,
    channels,
    factor,
    rgb: usable ? { weight: rgb.weight.map((row) => [...row]), bias: [...rgb.bias] } : null,
  };
}

async function partMessage(part: ConditioningPart, conditioner: Conditioner): Promise<PartMessage> {
  const empty = { tokens: null, overflow: '', context: null, map: null, image: null, norms: [] };
  if ('context' in part) {
    const dims = [...part.context.dims];
    const context = await read(part.context, Float32Array);
    const [, rows = 0, width = 1] = dims;
    const view = part.part === 'text' ? await conditioner.text?.tokenize(part.label) : undefined;
    return {
      ...empty,
      part: part.part,
      label: part.label,
      dims,
      context,
      norms: [...rowNorms(context.subarray(0, rows * width), width)],
      tokens: view ? view.tokens.map((token) => ({ ...token })) : null,
      overflow: view?.overflow ?? '',
    };
  }
  const dims = [...part.concat.dims];
  const common = { ...empty, part: part.part, label: part.label, dims };
  if (part.concat.dtype === 'float32') return { ...common, image: await read(part.concat, Float32Array) };
  const labels = conditioner.map?.labels;
  return {
    ...common,
    map: {
      data: await read(part.concat, Uint8Array),
      labels: labels ? { id: labels.id, labels: labels.labels.map((label) => ({ ...label })) } : null,
    },
  };
}

const fact = (key: string, value: string | number | boolean) => ({ key, value });
const spaceFacts = ({ space, channels, factor }: LatentSpaceInfo) => [
  fact('space', space),
  fact('channels', channels),
  fact('factor', factor),
];
function conditionerFacts({ id, text, classes, map }: Conditioner) {
  return [
    fact('conditioner', id),
    ...(text ? [fact('tokens', text.length), fact('contextWidth', text.width)] : []),
    ...(classes ? [fact('classes', classes.classes.join(', '))] : []),
    ...(map ? [fact('labels', map.labels.labels.map((label) => label.name).join(', '))] : []),
  ];
}

/** What is known beside the values. */
interface Known {
  /** Entries of the codebook by latent space, for codes. */
  readonly codes?: ReadonlyMap<string, number>;
}

const unetFacts = (of: 'unet' | 'denoiser', { space, diffusion, nativeSize, ...unet }: UNet): Snapshot => ({
  kind: 'facts',
  of,
  facts: [
    ...spaceFacts(space),
    fact('prediction', diffusion.prediction),
    fact('timesteps', diffusion.alphasCumprod.length),
    fact('nativeSize', `${nativeSize.width} × ${nativeSize.height}`),
    fact('concatChannels', unet.concatChannels),
    fact('contextWidth', unet.contextWidth),
    fact('conditioner', unet.conditioner.id),
  ],
});

/** What is read of a value of each kind. */
const readers: {
  readonly [K in PortKind]: (value: ValueOf[K], known: Known) => Snapshot | Promise<Snapshot>;
} = {
  latent: async ({ samples, space }) => ({
    kind: 'latent',
    dims: [...samples.dims],
    data: await read(samples, Float32Array),
    space: spaceMessage(space),
  }),
  noise: async ({ samples, space, seed }) => ({
    kind: 'noise',
    dims: [...samples.dims],
    data: await read(samples, Float32Array),
    space: spaceMessage(space),
    seed: seed.toString(),
  }),
  image: async ({ pixels }) => ({
    kind: 'image',
    dims: [...pixels.dims],
    data: await read(pixels, Float32Array),
  }),
  mask: async ({ mask }) => ({ kind: 'mask', dims: [...mask.dims], data: await read(mask, Float32Array) }),
  'semantic-map': async ({ map, labels }) => ({
    kind: 'semantic-map',
    dims: [...map.dims],
    data: await read(map, Uint8Array),
    labels: { id: labels.id, labels: labels.labels.map((label) => ({ ...label })) },
  }),
  codes: async ({ codes, space }, known) => ({
    kind: 'codes',
    dims: [...codes.dims],
    data: await read(codes, Int32Array),
    space: spaceMessage(space),
    entries: known.codes?.get(space.space) ?? null,
  }),
  conditioning: async ({ conditioner, entries }) => ({
    kind: 'conditioning',
    conditioner: conditioner.id,
    entries: await Promise.all(
      entries.map(async ({ parts, weight, start, end }) => ({
        weight,
        start,
        end,
        parts: await Promise.all(
          Object.values(parts).flatMap((part) => (part ? [partMessage(part, conditioner)] : [])),
        ),
      })),
    ),
  }),
  schedule: ({ sigmas }) => ({ kind: 'schedule', sigmas: new Float64Array(sigmas) }),
  number: ({ value }) => ({ kind: 'number', value }),
  text: ({ text }) => ({ kind: 'text', text }),
  sampler: ({ name, options }) => ({
    kind: 'facts',
    of: 'sampler',
    facts: [
      fact('name', name),
      ...Object.entries(options).map(([key, option]) => fact(`option:${key}`, option)),
    ],
  }),
  denoiser: ({ unet }) => unetFacts('denoiser', unet),
  unet: ({ unet }) => unetFacts('unet', unet),
  'first-stage': ({ firstStage }) => ({
    kind: 'facts',
    of: 'first-stage',
    facts: [
      fact('type', firstStage.type === 'kl' ? 'KL' : 'VQ'),
      ...spaceFacts(firstStage.space),
      ...(firstStage.codebook ? [fact('entries', firstStage.codebook.entries)] : []),
    ],
  }),
  conditioner: ({ conditioner }) => ({
    kind: 'facts',
    of: 'conditioner',
    facts: conditionerFacts(conditioner),
  }),
};

/**
 * A value as the inspector sees it. Reads tensors back; call it only when somebody looks.
 * @throws LoomError when a tensor is gone or the device is lost
 */
export async function snapshot(value: AnyValue, known: Known = {}): Promise<Snapshot> {
  // The reader is the one of the value's own kind, which the record's type cannot say.
  return readers[value.kind](value as never, known);
}

/** The buffers of a snapshot, to be moved instead of copied with `postMessage`. The snapshot is empty afterwards. */
export function transferables(value: Snapshot): ArrayBuffer[] {
  const arrays: (ArrayBufferView | null)[] = [];
  if ('data' in value) arrays.push(value.data);
  if (value.kind === 'schedule') arrays.push(value.sigmas);
  if (value.kind === 'conditioning')
    for (const { parts } of value.entries)
      for (const part of parts) arrays.push(part.context, part.image, part.map?.data ?? null);
  const buffers = arrays.flatMap((array) => (array?.buffer instanceof ArrayBuffer ? [array.buffer] : []));
  return [...new Set(buffers)];
}

/**
 * A latent through the first stage that made its space.
 * @param samples float32 [B, C, h, w] on the backend of `ops`
 * @param candidates ids of packages to look in, the likeliest first (those that the graph names)
 * @throws LoomError `package-missing` when none of them makes the space, and as the loader and decoder do
 */
export async function decodeLatent(
  samples: Tensor,
  space: string,
  models: ModelSource,
  candidates: readonly string[],
  options: { readonly ops: TensorOps; readonly signal: AbortSignal },
): Promise<ImageValue> {
  for (const id of new Set([...candidates, space])) {
    const found = await models.open(id, options).catch((error: unknown) => {
      if (error instanceof LoomError && error.code === 'package-missing') return undefined;
      throw error;
    });
    if (found?.firstStage.space.space === space)
      return { kind: 'image', pixels: await found.firstStage.decode(samples, options) };
  }
  throw new LoomError('package-missing', `No package here decodes latents of the space "${space}".`, {
    package: space,
  });
}
