/**
 * A model package in a few lines, with known mathematics: the U-Net is the
 * exact denoiser of a Gaussian whose mean follows from the conditions, the first
 * stage averages blocks of pixels. Calls are recorded.
 */
import {
  LoomError,
  atMost,
  type Catalog,
  type PortType,
  type CallOptions,
  type Conditioner,
  type FirstStage,
  type LabelSet,
  type LatentSpaceInfo,
  type ModelPackage,
  type ModelSource,
  type Tensor,
  type TokenView,
  type UNet,
} from '@/engine/types';

export const width = 6;
export const textLength = 32;
export const classes = ['avatar:avataaars', 'clothing:t-shirt', 'clothing:dress'];
export const labels: LabelSet = {
  id: 'fake-labels',
  labels: [
    'none',
    'background',
    'skin',
    'hair',
    'clothes',
    'hat',
    'facial hair',
    'glasses',
    'face features',
    'emoji',
  ].map((name, i) => ({ name, color: `#00000${i}` })),
};
const known = new Set(['a', 'red', 'blue', 'bird', 'flat', 'hair,']);
const mapChannels = 10;

/** ᾱ of the LDM schedule. */
export const alphasCumprod = (() => {
  let product = 1;
  return Float64Array.from({ length: 1000 }, (_, t) => {
    const beta = (Math.sqrt(0.0015) + (t / 999) * (Math.sqrt(0.0195) - Math.sqrt(0.0015))) ** 2;
    product *= 1 - beta;
    return product;
  });
})();

/** One recorded call of the network. */
export interface Call {
  readonly batch: number;
  readonly timestep: number;
  readonly channels: number;
  readonly context: readonly number[];
}

export interface Fake {
  readonly source: ModelSource;
  readonly kl: ModelPackage & { readonly unet: UNet };
  readonly vq: ModelPackage;
  /** A VQ space with a U-Net of its own, on a class or nothing: no text, no map. */
  readonly vqDrawing: ModelPackage & { readonly unet: UNet };
  /** Takes an encoded image and a mask as concatenated channels, and no map. */
  readonly inpaint: ModelPackage & { readonly unet: UNet };
  readonly calls: Call[];
}

/** Deviation of the data the fake U-Net knows. */
export const deviation = 0.4;

/** The mean of the data under conditions: what an exact sampling ends around. */
export const meanOf = (text: number, label: number, map: number): number =>
  0.2 * text + 0.5 * label + 0.3 * map;

const spaceOf = (id: string): LatentSpaceInfo => ({
  space: id,
  channels: 4,
  factor: 8,
  rgb: { weight: Array.from({ length: 4 }, () => [0.1, 0.1, 0.1]), bias: [0.5, 0.5, 0.5] },
});

function tokenView(prompt: string): TokenView {
  const words = prompt.split(/\s+/).filter((word) => word !== '');
  const kept = words.slice(0, textLength);
  const tokens = kept.map((text, i) => ({ id: i + 2, text, known: known.has(text), special: false }));
  const pads = Array.from({ length: textLength - kept.length }, () => ({
    id: 0,
    text: '[PAD]',
    known: true,
    special: true,
  }));
  return { tokens: [...tokens, ...pads], limit: textLength, overflow: words.slice(textLength).join(' ') };
}

const fakeConditioner: Conditioner = {
  id: 'fake-conditioner',
  text: {
    width,
    length: textLength,
    tokenize: (prompt) => Promise.resolve(tokenView(prompt)),
    // Every element of a prompt's context is the number of its known words.
    encode: (prompts, { ops }) =>
      Promise.resolve({
        context: ops.from(
          Float32Array.from(
            prompts.flatMap((prompt) => {
              const count = tokenView(prompt).tokens.filter((token) => token.known && !token.special).length;
              return Array.from({ length: textLength * width }, () => count);
            }),
          ),
          [prompts.length, textLength, width],
        ),
      }),
  },
  classes: {
    width,
    classes,
    encode: (indices, { ops }) =>
      Promise.resolve(
        ops.from(
          Float32Array.from(
            indices.flatMap((index) => Array.from({ length: width }, () => (index === null ? 0 : index + 1))),
          ),
          [indices.length, 1, width],
        ),
      ),
  },
  map: {
    labels,
    channels: mapChannels,
    async encode(map, size, { ops }: CallOptions) {
      const out = new Float32Array(size.batch * mapChannels * size.height * size.width);
      if (map) {
        const values = await map.read();
        const [, mapHeight = 1, mapWidth = 1] = map.dims;
        for (let b = 0; b < size.batch; b++)
          for (let y = 0; y < size.height; y++)
            for (let x = 0; x < size.width; x++) {
              const at =
                Math.floor((y * mapHeight) / size.height) * mapWidth +
                Math.floor((x * mapWidth) / size.width);
              const label = Number(values[b * mapHeight * mapWidth + at]);
              out[((b * mapChannels + label) * size.height + y) * size.width + x] = 1;
            }
      }
      return ops.from(out, [size.batch, mapChannels, size.height, size.width]);
    },
  },
};

/** A fresh package, so that calls are counted from 0. */
export function createFake(prediction: 'v' | 'epsilon' | 'sample' = 'v', side = 8): Fake {
  const calls: Call[] = [];
  const unetOf = (conditioner: Conditioner, concatChannels: number, space = 'fake-kl'): UNet => ({
    space: spaceOf(space),
    diffusion: { prediction, alphasCumprod },
    conditioner,
    nativeSize: { height: side, width: side },
    multipleOf: 2,
    concatChannels,
    contextWidth: width,
    load: () => Promise.resolve(),
    async call(sample, timesteps, context, { ops }) {
      const values = await sample.read();
      const words = await context.read();
      const [batch = 0, channels = 0, height = 0, w = 0] = sample.dims;
      const [contextBatch = 0, tokens = 0] = context.dims;
      const textTokens = conditioner.text === undefined ? 0 : textLength;
      if (
        channels !== 4 + concatChannels ||
        contextBatch !== batch ||
        // Its length is free: joined prompts have twice the words.
        (tokens - 1) % Math.max(1, textTokens) !== 0 ||
        tokens < textTokens + 1 ||
        timesteps.length !== batch
      ) {
        throw new LoomError(
          'session-failed',
          `Shapes: sample ${sample.dims.join()}, context ${context.dims.join()}.`,
        );
      }
      calls.push({ batch, timestep: timesteps[0] ?? 0, channels, context: Array.from(words, Number) });
      const plane = height * w;
      const out = new Float32Array(batch * 4 * plane);
      for (let b = 0; b < batch; b++) {
        const t = timesteps[b] ?? 0;
        const sigma = sigmaAt(t);
        const alpha = 1 / Math.sqrt(1 + sigma * sigma);
        const text = textTokens === 0 ? 0 : Number(words[b * tokens * width]);
        const label = Number(words[(b * tokens + textTokens) * width]);
        for (let c = 0; c < 4; c++)
          for (let i = 0; i < plane; i++) {
            const y = Number(values[(b * channels + c) * plane + i]);
            // The map's "skin" channel shifts the mean where it is painted.
            const painted = concatChannels === 0 ? 0 : Number(values[(b * channels + 4 + 2) * plane + i]);
            const mean = meanOf(text, label, painted);
            const x = y / alpha;
            const x0 = (deviation ** 2 * x + sigma ** 2 * mean) / (deviation ** 2 + sigma ** 2);
            const eps = (x - x0) / sigma;
            const at = (b * 4 + c) * plane + i;
            out[at] =
              prediction === 'sample'
                ? x0
                : prediction === 'epsilon'
                  ? eps
                  : alpha * eps - sigma * alpha * x0;
          }
      }
      return ops.from(out, [batch, 4, height, w]);
    },
  });
  const kl = {
    id: 'fake-kl',
    hash: 'a',
    conditioner: fakeConditioner,
    unet: unetOf(fakeConditioner, mapChannels),
    firstStage: firstStage('kl', 'fake-kl'),
  };
  const vq = {
    id: 'fake-vq',
    hash: 'b',
    conditioner: fakeConditioner,
    firstStage: firstStage('vq', 'fake-vq'),
  };
  const { text, classes: embedder } = fakeConditioner;
  const plain: Conditioner = { id: 'fake-plain', text, classes: embedder };
  const inpaint = { ...kl, id: 'fake-inpaint', hash: 'c', conditioner: plain, unet: unetOf(plain, 5) };
  const labelled: Conditioner = { id: 'fake-labelled', classes: embedder };
  const vqDrawing = {
    ...vq,
    id: 'fake-vq-drawing',
    hash: 'd',
    conditioner: labelled,
    unet: unetOf(labelled, 0, 'fake-vq'),
  };
  const packages: readonly ModelPackage[] = [kl, vq, inpaint, vqDrawing];
  const source: ModelSource = {
    open: (id) => {
      const found = packages.find((one) => one.id === id);
      return found
        ? Promise.resolve(found)
        : Promise.reject(new LoomError('package-missing', `No package "${id}".`, { package: id }));
    },
    space: (id) => packages.find((one) => one.firstStage.space.space === id)?.firstStage.space,
  };
  return { source, kl, vq, vqDrawing, inpaint, calls };
}

/** log σ of a training step. */
function logSigma(i: number): number {
  const alpha = alphasCumprod[Math.min(999, i)] ?? 1;
  return 0.5 * Math.log((1 - alpha) / alpha);
}

function sigmaAt(t: number): number {
  const low = Math.floor(t);
  return Math.exp((1 - (t - low)) * logSigma(low) + (t - low) * logSigma(low + 1));
}

/** Blocks of 8×8 pixels averaged: channels red, green, blue, grey. */
function firstStage(type: 'kl' | 'vq', id: string): FirstStage {
  const vectors = Float32Array.from({ length: 16 * 4 }, (_, i) => ((i * 7) % 16) / 8 - 1);
  return {
    type,
    space: spaceOf(id),
    ...(type === 'vq' && { codebook: { entries: 16, vectors } }),
    encode(image, { ops }) {
      const [, , height = 0, w = 0] = image.dims;
      const small = ops.resize(image, height / 8, w / 8, 'area');
      const channel = (c: number): Tensor => ops.slice(small, 1, c, c + 1);
      const grey = ops.linear([
        [1 / 3, channel(0)],
        [1 / 3, channel(1)],
        [1 / 3, channel(2)],
      ]);
      const mean = ops.concat([small, grey], 1);
      return Promise.resolve(
        type === 'kl' ? { mean, logVariance: ops.full(mean.dims, Math.log(0.01)) } : { mean },
      );
    },
    decode(latent, { ops }) {
      const [, , height = 0, w = 0] = latent.dims;
      return Promise.resolve(
        ops.clamp(ops.resize(ops.slice(latent, 1, 0, 3), height * 8, w * 8, 'nearest'), -1, 1),
      );
    },
  };
}

const firstStageType = (space: string, type: string): PortType => ({
  kind: 'first-stage',
  fields: { space, type, channels: 4, factor: 8 },
});

/** What inference knows of the fake packages, under the names that templates use. */
export function fakeCatalog(names: { readonly kl: string; readonly vq: string }): Catalog {
  const parts = atMost('text', 'class', 'map');
  const conditionerType: PortType = {
    kind: 'conditioner',
    fields: { for: fakeConditioner.id, parts, labels: labels.id },
  };
  const ports: Readonly<Record<string, Readonly<Record<string, PortType>>>> = {
    [names.kl]: {
      'first-stage': firstStageType('fake-kl', 'kl'),
      conditioner: conditionerType,
      unet: {
        kind: 'unet',
        fields: { space: 'fake-kl', channels: 4, factor: 8, for: fakeConditioner.id, accepts: parts },
      },
    },
    [names.vq]: {
      'first-stage': firstStageType('fake-vq', 'vq'),
      conditioner: { kind: 'conditioner', fields: { for: 'fake-labelled', parts: atMost('class') } },
      unet: {
        kind: 'unet',
        fields: {
          space: 'fake-vq',
          channels: 4,
          factor: 8,
          for: 'fake-labelled',
          accepts: atMost('class'),
        },
      },
    },
    'fake-inpaint': {
      'first-stage': firstStageType('fake-kl', 'kl'),
      conditioner: {
        kind: 'conditioner',
        fields: { for: 'fake-plain', parts: atMost('text', 'class', 'image') },
      },
      unet: {
        kind: 'unet',
        fields: {
          space: 'fake-kl',
          channels: 4,
          factor: 8,
          for: 'fake-plain',
          accepts: atMost('text', 'class', 'image'),
        },
      },
    },
  };
  return {
    ports: (id) => ports[id],
    packages: Object.keys(ports),
    hash: (id) => (ports[id] ? `hash of ${id}` : undefined),
  };
}
