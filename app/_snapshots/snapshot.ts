/** Values of the engine, copied to the CPU, as messages for the inspector. Runs in the worker and on the command line; DOM-free. */
import {
  LoomError,
  type AnyValue,
  type Conditioner,
  type ConditioningPart,
  type ImageValue,
  type LatentSpaceInfo,
  type ModelSource,
  type Tensor,
  type TensorOps,
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

/**
 * A value as the inspector sees it. Reads tensors back; call it only when somebody looks.
 * @param known.codes entries of the codebook by latent space, for codes
 * @throws LoomError when a tensor is gone or the device is lost
 */
export async function snapshot(
  value: AnyValue,
  known: { readonly codes?: ReadonlyMap<string, number> } = {},
): Promise<Snapshot> {
  switch (value.kind) {
    case 'latent':
      return {
        kind: 'latent',
        dims: [...value.samples.dims],
        data: await read(value.samples, Float32Array),
        space: spaceMessage(value.space),
      };
    case 'noise':
      return {
        kind: 'noise',
        dims: [...value.samples.dims],
        data: await read(value.samples, Float32Array),
        space: spaceMessage(value.space),
        seed: value.seed.toString(),
      };
    case 'image':
      return { kind: 'image', dims: [...value.pixels.dims], data: await read(value.pixels, Float32Array) };
    case 'mask':
      return { kind: 'mask', dims: [...value.mask.dims], data: await read(value.mask, Float32Array) };
    case 'semantic-map':
      return {
        kind: 'semantic-map',
        dims: [...value.map.dims],
        data: await read(value.map, Uint8Array),
        labels: { id: value.labels.id, labels: value.labels.labels.map((label) => ({ ...label })) },
      };
    case 'codes':
      return {
        kind: 'codes',
        dims: [...value.codes.dims],
        data: await read(value.codes, Int32Array),
        space: spaceMessage(value.space),
        entries: known.codes?.get(value.space.space) ?? null,
      };
    case 'conditioning':
      return {
        kind: 'conditioning',
        conditioner: value.conditioner.id,
        entries: await Promise.all(
          value.entries.map(async ({ parts, weight, start, end }) => ({
            weight,
            start,
            end,
            parts: await Promise.all(
              Object.values(parts).flatMap((part) => (part ? [partMessage(part, value.conditioner)] : [])),
            ),
          })),
        ),
      };
    case 'schedule':
      return { kind: 'schedule', sigmas: new Float64Array(value.sigmas) };
    case 'number':
      return { kind: 'number', value: value.value };
    case 'text':
      return { kind: 'text', text: value.text };
    case 'sampler':
      return {
        kind: 'facts',
        of: 'sampler',
        facts: [
          fact('name', value.name),
          ...Object.entries(value.options).map(([key, option]) => fact(`option:${key}`, option)),
        ],
      };
    case 'denoiser':
    case 'unet': {
      const { unet } = value;
      return {
        kind: 'facts',
        of: value.kind,
        facts: [
          ...spaceFacts(unet.space),
          fact('prediction', unet.diffusion.prediction),
          fact('timesteps', unet.diffusion.alphasCumprod.length),
          fact('nativeSize', `${unet.nativeSize.width} × ${unet.nativeSize.height}`),
          fact('concatChannels', unet.concatChannels),
          fact('contextWidth', unet.contextWidth),
          fact('conditioner', unet.conditioner.id),
        ],
      };
    }
    case 'first-stage': {
      const { firstStage } = value;
      return {
        kind: 'facts',
        of: 'first-stage',
        facts: [
          fact('type', firstStage.type === 'kl' ? 'KL' : 'VQ'),
          ...spaceFacts(firstStage.space),
          ...(firstStage.codebook ? [fact('entries', firstStage.codebook.entries)] : []),
        ],
      };
    }
    case 'conditioner':
      return { kind: 'facts', of: 'conditioner', facts: conditionerFacts(value.conditioner) };
    default:
      throw new LoomError('internal', 'There is no view of a value of this kind.');
  }
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
