/** What nodes on latents share: port fields, checks and copies. */
import {
  LoomError,
  mul,
  v,
  type LatentSpaceInfo,
  type LatentValue,
  type PortType,
  type Tensor,
  type TensorOps,
  type TypeExpression,
} from '@/engine/types';

/** Fields of a latent (or noise) port whose space and size are this node's variables. */
export const latentFields = (suffix = ''): Record<string, TypeExpression> => ({
  ...spaceFields,
  batch: v(`B${suffix}`),
  height: v(`h${suffix}`),
  width: v(`w${suffix}`),
});
/** Fields that fix the latent space alone. */
export const spaceFields: Record<string, TypeExpression> = {
  space: v('S'),
  channels: v('C'),
  factor: v('F'),
};
/** Fields of a network port that fix the node's size where the network takes one size alone; they say nothing where it takes many. */
export const onlySize: Record<string, TypeExpression> = { onlyHeight: v('h'), onlyWidth: v('w') };

/** Sides in pixels; 0 = the model's own. */
interface Sides {
  readonly width: number;
  readonly height: number;
}
/** Sides that a U-Net takes, in latent cells: whole multiples of what its halvings ask for. */
const halved = { height: mul(v('M'), v('hm')), width: mul(v('M'), v('wm')) };
/** Fields of a latent or noise of a size that the node's U-Net takes. */
export const fieldsOfUnet: Record<string, TypeExpression> = { ...spaceFields, batch: v('B'), ...halved };
/** Fields of the U-Net port of a node that makes such a latent. */
export const unetOfSize: Record<string, TypeExpression> = { ...spaceFields, multiple: v('M') };
/** The same where the latent goes into the U-Net as it is: one that takes a single size takes no other. */
export const unetOfOnlySize: Record<string, TypeExpression> = {
  ...unetOfSize,
  onlyHeight: halved.height,
  onlyWidth: halved.width,
};
/** For `refine`: a U-Net whose own size stands for each side that is 0. */
export const nativeFields = ({ width, height }: Sides): PortType & { kind: 'unet' } => ({
  kind: 'unet',
  fields: { ...(height === 0 && { height: halved.height }), ...(width === 0 && { width: halved.width }) },
});
/** For `equations`: each side that is given is F times these cells. */
const sidesIn =
  (cellsOf: { readonly height: TypeExpression; readonly width: TypeExpression }) =>
  ({ width, height }: Sides): Record<string, readonly [TypeExpression, TypeExpression]> => ({
    ...(height !== 0 && { height: [mul(v('F'), cellsOf.height), height] }),
    ...(width !== 0 && { width: [mul(v('F'), cellsOf.width), width] }),
  });
/** For `equations`: each side that is given is F times the latent's, which the U-Net takes. */
export const sidesOfUnet = sidesIn(halved);
/** For `equations`: each side that is given is F times the latent's. */
export const sidesInCells = sidesIn({ height: v('h'), width: v('w') });

/** [B, C, h, w] of a tensor. Throws `bad-input` when it has another rank. */
export function nchw(tensor: Tensor): { batch: number; channels: number; height: number; width: number } {
  const [batch, channels, height, width, ...rest] = tensor.dims;
  if (
    batch === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined ||
    rest.length > 0
  ) {
    throw new LoomError('bad-input', `Expected a tensor of 4 axes, got [${tensor.dims.join(', ')}].`);
  }
  return { batch, channels, height, width };
}

/** The latent with other samples of the same noise level; what a multistep sampler remembered no longer fits. */
export function withSamples(latent: LatentValue, samples: Tensor): LatentValue {
  const { kind, space, noisy } = latent;
  return noisy
    ? { kind, space, samples, noisy: { ...noisy, before: [], history: [] } }
    : { kind, space, samples };
}

/** A tensor of batch 1 repeated to `batch`; any other batch must already be right. Throws `bad-input`. */
export function repeatBatch(ops: TensorOps, tensor: Tensor, batch: number, what: string): Tensor {
  const own = tensor.dims[0] ?? 0;
  if (own === batch) return tensor;
  if (own !== 1) {
    throw new LoomError(
      'bad-input',
      `The ${what} has a batch of ${own}, but ${batch} (or 1) is needed.`,
      {},
      { details: { got: own, want: batch } },
    );
  }
  return ops.concat(
    Array.from({ length: batch }, () => tensor),
    0,
  );
}

/** Throws `bad-input` unless both latents are of one space. */
export function sameSpace(a: LatentSpaceInfo, b: LatentSpaceInfo, port: string): void {
  if (a.space !== b.space) {
    throw new LoomError(
      'bad-input',
      `The ${port} is of latent space "${b.space}", but "${a.space}" is needed.`,
      { port },
      { fix: 'Decode it with its own first stage, then encode it with the other.' },
    );
  }
}

/** Latent cells of a side in pixels. Throws `invalid-param` when it does not divide. */
export function cells(pixels: number, factor: number, multipleOf: number, path: string): number {
  const unit = factor * multipleOf;
  if (pixels < unit || pixels % unit !== 0) {
    const near = Math.max(unit, Math.round(pixels / unit) * unit);
    throw new LoomError(
      'invalid-param',
      `The ${path} must be a multiple of ${unit} pixels; ${pixels} is not.`,
      { path },
      { fix: `Use ${near}.`, details: { unit, near } },
    );
  }
  return pixels / factor;
}
