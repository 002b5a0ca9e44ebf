/** A package's autoencoder (paper §3.1), KL or VQ. */
import {
  LoomError,
  type CallOptions,
  type FirstStage,
  type LatentSpaceInfo,
  type Tensor,
} from '@/engine/types';
import { prepareCodebook, quantise } from './codebook';
import { labelOf } from './description';
import type { Loading } from './loading';
import { Network } from './network';

/** The first stage and how to unload it. `vectors`: a VQ package's codebook in the encoder's units. */
export function openFirstStage(
  loading: Loading,
  space: LatentSpaceInfo,
  vectors: Float32Array | undefined,
): { firstStage: FirstStage; networks: readonly Network[] } {
  const { description } = loading;
  const { type, scale, shift, ...facts } = description.firstStage;
  const decoder = new Network(loading, `${labelOf(description)} decoder`, facts.decoder);
  const encoder =
    facts.encoder === undefined
      ? undefined
      : new Network(loading, `${labelOf(description)} encoder`, facts.encoder);

  /** scale · (z − shift). */
  const toWire = (z: Tensor, { ops }: CallOptions) =>
    shift === 0
      ? ops.linear([[scale, z]])
      : ops.linear([
          [scale, z],
          [-scale * shift, ops.full(z.dims, 1)],
        ]);
  /** z / scale + shift. */
  const fromWire = (z: Tensor, { ops }: CallOptions) =>
    shift === 0
      ? ops.linear([[1 / scale, z]])
      : ops.linear([
          [1 / scale, z],
          [shift, ops.full(z.dims, 1)],
        ]);

  const wireVectors = vectors?.map((value) => scale * (value - shift));
  const codebook = wireVectors === undefined ? undefined : prepareCodebook(wireVectors, space.channels);
  /** A VQ decoder takes entries of its codebook alone: the quantisation belongs to it (paper §3.1). Reads back. */
  const quantised = async (latent: Tensor, { ops }: CallOptions) => {
    if (codebook === undefined || facts.quantisesItself === true) return latent;
    const values = await latent.read();
    if (!(values instanceof Float32Array)) throw new LoomError('bad-input', 'A latent is float32.');
    return ops.from(quantise(values, latent.dims[0] ?? 1, codebook), latent.dims);
  };

  const firstStage: FirstStage = {
    type,
    space,
    ...(wireVectors === undefined
      ? {}
      : { codebook: { entries: wireVectors.length / space.channels, vectors: wireVectors } }),
    async encode(image, options) {
      if (encoder === undefined)
        throw new LoomError('unsupported', `The package "${description.id}" has no encoder.`, {
          package: description.id,
        });
      checkImage(image, space.factor);
      return within(options, async (inner, keep) => {
        const parameters = await encoder.apply(image, inner);
        const channels = parameters.dims[1] ?? 0;
        if (channels === space.channels) return { mean: keep(toWire(parameters, inner)) };
        if (channels !== 2 * space.channels)
          throw new LoomError(
            'package-invalid',
            `The encoder of "${description.id}" gives ${channels} channels.`,
          );
        const mean = inner.ops.slice(parameters, 1, 0, space.channels);
        const logVariance = inner.ops.slice(parameters, 1, space.channels, channels);
        return {
          mean: keep(toWire(mean, inner)),
          // Scaling z scales its variance by scale².
          logVariance: keep(
            inner.ops.linear([
              [1, logVariance],
              [2 * Math.log(scale), inner.ops.full(logVariance.dims, 1)],
            ]),
          ),
        };
      });
    },
    async decode(latent, options) {
      return within(options, async (inner, keep) => {
        const z = fromWire(await quantised(latent, inner), inner);
        return keep(inner.ops.clamp(await decoder.apply(z, inner), -1, 1));
      });
    },
  };
  return { firstStage, networks: encoder === undefined ? [decoder] : [decoder, encoder] };
}

/** Throws `bad-input` unless the picture divides into latent cells. */
function checkImage(image: Tensor, factor: number): void {
  const [, channels = 0, height = 0, width = 0] = image.dims;
  if (image.dims.length !== 4 || channels !== 3)
    throw new LoomError(
      'bad-input',
      `A picture is [batch, 3, height, width], not [${image.dims.join(', ')}].`,
    );
  if (height % factor !== 0 || width % factor !== 0 || height === 0 || width === 0)
    throw new LoomError(
      'bad-input',
      `${width} × ${height} pixels do not divide into cells of ${factor} pixels.`,
      {},
      {
        fix: `Resize or crop the picture to multiples of ${factor}.`,
      },
    );
}

/** Runs `body` in a child scope and keeps only what it returns. */
async function within<T>(
  options: CallOptions,
  body: (inner: CallOptions, keep: (x: Tensor) => Tensor) => Promise<T>,
): Promise<T> {
  const scope = options.ops.scope();
  try {
    return await body({ ...options, ops: scope.ops }, (x) => scope.keep(x));
  } finally {
    scope.release();
  }
}
