/** A package's denoising network. */
import {
  LoomError,
  type CallOptions,
  type Conditioner,
  type LatentSpaceInfo,
  type SessionPort,
  type Tensor,
  type UNet,
  type UNetDescription,
  type UNetInputs,
} from '@/engine/types';
import { labelOf } from './description';
import { adaptable } from './lora/adapt';
import { guidanceEmbedding } from './guidance-embedding';
import type { Loading } from './loading';
import { Network } from './network';
import { alphasCumprod } from './schedule';

/** The U-Net and how to unload it. */
export function openUNet(
  loading: Loading,
  facts: UNetDescription,
  space: LatentSpaceInfo,
  conditioner: Conditioner,
): { unet: UNet; networks: readonly Network[] } {
  const network = new Network(loading, `${labelOf(loading.description)} U-Net`, facts.network);
  const { guidance, image, vectorWidth, sizeNumbers, recommended } = facts;
  const again = (next: Loading): UNet => {
    const opened = openUNet(next, facts, space, conditioner);
    for (const one of opened.networks) next.loras?.networks.add(one);
    return opened.unet;
  };
  const unet: UNet = {
    space,
    conditioner,
    diffusion: { prediction: facts.prediction, alphasCumprod: alphasCumprod(facts.schedule) },
    nativeSize: facts.nativeSize,
    multipleOf: facts.multipleOf,
    concatChannels: facts.concatChannels,
    contextWidth: facts.contextWidth,
    ...(guidance && { guidance }),
    ...(image && { image, latentScale: loading.description.firstStage.scale }),
    ...(vectorWidth !== undefined && { vectorWidth }),
    ...(sizeNumbers !== undefined && { sizeNumbers }),
    ...(recommended && { recommended }),
    ...adaptable(loading, ['unet'], again, () => unet),
    async load(options) {
      await network.session(options);
    },
    async call(sample, timesteps, context, options) {
      const { inputs } = await network.session(options);
      const port = inputs.find(({ name }) => name === 'timestep');
      // A graph with a single timestep for the whole batch takes elements of unlike timesteps one by one.
      if (port && isSingle(port) && new Set(timesteps).size > 1)
        return oneByOne(sample, timesteps, context, options, (...one) => unet.call(...one));
      const scope = options.ops.scope();
      try {
        const given = feeds(inputs, { sample, timesteps, context }, { ...options, ops: scope.ops }, facts);
        const results = await network.run(given, options);
        return network.output(results, 'out_sample');
      } finally {
        scope.release();
      }
    },
  };
  return { unet, networks: [network] };
}

/** One timestep for the whole batch: a scalar, or [1] (older exports call the axis `steps`). */
const isSingle = ({ dims }: SessionPort): boolean =>
  dims.length === 0 || dims[0] === 1 || dims[0] === 'steps';

interface Given {
  readonly sample: Tensor;
  readonly timesteps: readonly number[];
  readonly context: Tensor;
}

/**
 * What the graph's own inputs want: the timestep as a scalar, [1] or [B], in floats or rounded to
 * integers; inputs it has not (the context of a network without cross-attention) are left out.
 */
function feeds(
  inputs: readonly SessionPort[],
  { sample, timesteps, context }: Given,
  { ops, vector, sizes, guidance = 1 }: CallOptions & UNetInputs,
  facts: UNetDescription,
): Record<string, Tensor> {
  const given: Record<string, Tensor> = {};
  const missing = (what: string): never => {
    throw new LoomError('bad-input', `The U-Net takes ${what}, and none was given.`);
  };
  for (const port of inputs) {
    const { name } = port;
    if (name === 'timestep') {
      const times = isSingle(port) ? timesteps.slice(0, 1) : timesteps;
      const dims = port.dims.length === 0 ? [] : [times.length];
      given[name] = port.type.startsWith('int')
        ? ops.from(
            BigInt64Array.from(times, (t) => BigInt(Math.round(t))),
            dims,
          )
        : ops.from(Float32Array.from(times), dims);
    } else if (name === 'sample') given[name] = sample;
    else if (name === 'encoder_hidden_states') given[name] = context;
    else if (name === 'text_embeds') given[name] = vector ?? missing('a pooled text vector');
    else if (name === 'time_ids') given[name] = sizes ?? missing('sizes and crops');
    else if (name === 'timestep_cond') {
      const width = facts.guidanceWidth ?? 256;
      const one = guidanceEmbedding(guidance, width);
      const values = new Float32Array(timesteps.length * width);
      timesteps.forEach((_, i) => values.set(one, i * width));
      given[name] = ops.from(values, [timesteps.length, width]);
    }
  }
  return given;
}

/** The same call for each element by itself, joined along the batch. */
async function oneByOne(
  sample: Tensor,
  timesteps: readonly number[],
  context: Tensor,
  options: CallOptions & UNetInputs,
  call: UNet['call'],
): Promise<Tensor> {
  const scope = options.ops.scope();
  const { ops } = scope;
  const at = (tensor: Tensor, i: number): Tensor => ops.slice(tensor, 0, i, i + 1);
  try {
    const results: Tensor[] = [];
    for (const [i, t] of timesteps.entries())
      results.push(
        await call(at(sample, i), [t], at(context, i), {
          ...options,
          ops,
          ...(options.vector && { vector: at(options.vector, i) }),
          ...(options.sizes && { sizes: at(options.sizes, i) }),
        }),
      );
    return scope.keep(ops.concat(results, 0));
  } finally {
    scope.release();
  }
}
