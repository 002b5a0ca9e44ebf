/**
 * Makes a package of an export folder:
 *
 *     npx tsx models/build-package.ts EXPORT_DIR models/ID --id ID --facts FACTS.json --images DIR
 *
 * EXPORT_DIR has text_encoder, unet, vae_decoder, vae_encoder (each `X.onnx`
 * in fp16, `X.f32.onnx`, `X.onnx.data` in fp16), class_embedding.npy,
 * labels.json, model.json and, where there are, tokenizer.json and
 * codebook.npy. `--first-stage-only` leaves the U-Net and its conditioners out. DIR has pictures for the latent → RGB factors. Weights become
 * 8-bit; what that costs is measured, printed and put into the manifest, and so
 * is the memory that each network takes (a few minutes; `measure-memory.ts` does that alone).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createBackend } from '@/engine/tensor/ort-node';
import {
  fromHalf,
  type Backend,
  type GraphSource,
  type ModelPackage,
  type SessionOptions,
} from '@/engine/types';
import { factsSchema, labelsSchema, modelSchema, type Facts } from './_build/facts';
import { measuredMemory } from './_build/memory';
import { probe, psnrDb, relativeError } from './_build/measure';
import { readNpy } from './_build/npy';
import { readGraph } from './_build/onnx';
import { asHalf, packWeights } from './_build/quantise';
import { fitRgb, reduced } from './_build/rgb';
import { wordLevelTokenizer } from './_build/word-level';
import { createNodeFiles } from './files-node';
import { sha256Hex } from './sha256';
import { manifestSchema, type NetworkManifest, type PackageManifest } from './manifest';
import { parsePackage } from './packages';
import { writeSafetensors } from './safetensors';
import { createModelSource } from './source';

const NETWORKS = ['text_encoder', 'unet', 'vae_decoder', 'vae_encoder'] as const;
type NetworkName = (typeof NETWORKS)[number];

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    id: { type: 'string' },
    facts: { type: 'string' },
    images: { type: 'string' },
    'first-stage-only': { type: 'boolean' },
  },
});
const [from, to] = positionals;
const autoencoderOnly = flags['first-stage-only'] === true;
if (
  from === undefined ||
  to === undefined ||
  flags.id === undefined ||
  flags.facts === undefined ||
  flags.images === undefined
)
  throw new Error('usage: build-package.ts EXPORT_DIR OUT_DIR --id ID --facts FACTS.json --images DIR');
await build(resolve(from), resolve(to), flags.id, factsSchema.parse(json(flags.facts)), flags.images);
process.exit(0);

async function build(source: string, out: string, id: string, facts: Facts, images: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  const files: PackageManifest['files'] = {};
  const write = async (name: string, bytes: Uint8Array) => {
    writeFileSync(join(out, name), bytes);
    files[name] = { size: bytes.byteLength, sha256: await sha256Hex(bytes) };
  };
  const read = (name: string) => new Uint8Array(readFileSync(join(source, name)));

  const networks: Partial<Record<NetworkName, NetworkManifest>> = {};
  for (const name of NETWORKS) {
    if (!existsSync(join(source, `${name}.onnx`)) || (autoencoderOnly && !name.startsWith('vae_'))) continue;
    const [half, single, data] = [read(`${name}.onnx`), read(`${name}.f32.onnx`), read(`${name}.onnx.data`)];
    const packed = packWeights(half, single, data);
    const network = {
      fp16: `${name}.onnx`,
      fp32: `${name}.f32.onnx`,
      weights: `${name}.safetensors`,
      externalData: `${name}.onnx.data`,
    };
    await write(network.fp16, half);
    await write(network.fp32, single);
    await write(network.weights, packed.file);
    networks[name] = network;
    say(
      `${name}: ${megabytes(data)} → ${megabytes(packed.file)} MB, weights' relative error ${packed.error.toExponential(2)}`,
    );
  }
  const { vae_decoder: decoder, unet } = networks;
  if (decoder === undefined) throw new Error(`${source} has no vae_decoder.onnx.`);

  const labels = labelsSchema.parse(json(join(source, 'labels.json')));
  const model = modelSchema.parse(json(join(source, 'model.json')));
  const decoderInput = fixed(readGraph(read('vae_decoder.onnx')).inputs[0]?.dims);
  const [, channels = 0] = decoderInput;
  const [, , onlyHeight = 0, onlyWidth = 0] = decoderInput;
  // Symbolic sides are read as 0: such graphs take many sizes.
  const only = onlyHeight > 0 && onlyWidth > 0 ? { height: onlyHeight, width: onlyWidth } : undefined;
  const trained = model.unet?.latentSize;
  const height = facts.native?.height ?? trained ?? decoderInput[2] ?? 0;
  const width = facts.native?.width ?? trained ?? decoderInput[3] ?? 0;
  const unetInput =
    unet === undefined
      ? []
      : fixed(readGraph(read('unet.onnx')).inputs.find(({ name }) => name === 'sample')?.dims);
  const concat = unet === undefined ? 0 : (unetInput[1] ?? 0) - channels;
  const factor = facts.native?.factor ?? model.firstStage?.factor ?? imageSize(source) / height;
  const embedding =
    !autoencoderOnly && existsSync(join(source, 'class_embedding.npy'))
      ? readNpy(read('class_embedding.npy'))
      : undefined;
  if (embedding !== undefined)
    await write(
      'class_embedding.safetensors',
      writeSafetensors([
        { name: 'weight', dtype: 'F16', shape: embedding.shape, bytes: asHalf(embedding.values) },
      ]),
    );
  const contextWidth = embedding?.shape[1] ?? 256;
  const words = labels.vocab;
  const tokenizer = words === undefined ? 'tokenizer.json' : 'words.json';
  if (networks.text_encoder !== undefined)
    await write(
      tokenizer,
      words === undefined
        ? read('tokenizer.json')
        : new TextEncoder().encode(JSON.stringify(wordLevelTokenizer(words, 0, 1))),
    );
  const codebook = existsSync(join(source, 'codebook.npy')) ? readNpy(read('codebook.npy')) : undefined;
  if (codebook !== undefined)
    await write(
      'codebook.safetensors',
      writeSafetensors([
        {
          name: 'vectors',
          dtype: 'F32',
          shape: codebook.shape,
          bytes: new Uint8Array(codebook.values.slice().buffer),
        },
      ]),
    );

  const base = {
    decoder,
    scale: model.scale,
    shift: model.shift,
    ...(networks.vae_encoder && { encoder: networks.vae_encoder }),
  };
  let manifest: PackageManifest = {
    format: 'latent-loom-package',
    version: 1,
    id,
    title: facts.title,
    description: facts.description,
    licence: facts.licence,
    data: facts.data,
    latent: {
      space: id,
      channels,
      factor,
      ...(only && { only }),
      rgb: { weight: Array.from({ length: channels }, () => [0, 0, 0]), bias: [0.5, 0.5, 0.5] },
    },
    firstStage:
      codebook === undefined
        ? { type: 'kl', ...base }
        : { type: 'vq', ...base, codebook: 'codebook.safetensors', entries: codebook.shape[0] ?? 0 },
    ...(unet && {
      unet: {
        network: unet,
        prediction: facts.prediction,
        schedule: facts.schedule,
        nativeSize: { height, width },
        // Ours take any size of so many cells (loom/export.py); the starter's graphs are of one size.
        multipleOf: facts.native?.multipleOf ?? model.unet?.sizeMultiple ?? 8,
        concatChannels: concat,
        contextWidth,
      },
    }),
    conditioner: {
      id,
      ...(networks.text_encoder && {
        text: {
          network: networks.text_encoder,
          tokenizer,
          length: labels.length,
          width: contextWidth,
          pad: 0,
          ...(words && { unknown: 1 }),
        },
      }),
      ...(embedding && {
        classes: { embedding: 'class_embedding.safetensors', names: labels.classes, width: contextWidth },
      }),
      ...(concat > 0 && {
        map: {
          labels: { ...facts.mapLabels, labels: facts.mapLabels.labels.slice(0, concat) },
          channels: concat,
        },
      }),
    },
    figures: { ...facts.figures },
    files,
  };

  const backend = await createBackend();
  const opened = await open(backend, out, manifest);
  const fit = await fitOn(backend, opened, images, factor * height, factor);
  say(
    `linear RGB preview: ${fit.psnrDb.toFixed(1)} dB on ${fit.count} pictures; reconstruction ${fit.reconstructionDb.toFixed(2)} dB`,
  );
  const figures: Record<string, number> = {
    rgbPreviewPsnrDb: round(fit.psnrDb, 1),
    rgbFitReconstructionPsnrDb: round(fit.reconstructionDb, 2),
    rgbFitPictures: fit.count,
    firstPictureBytes: firstPicture(manifest),
  };
  Object.assign(figures, await cost(backend, source, out, manifest, opened, facts));
  manifest = {
    ...manifest,
    latent: {
      ...manifest.latent,
      rgb: {
        weight: fit.weight.map((row) => row.map((x) => round(x, 5))),
        bias: fit.bias.map((x) => round(x, 5)),
      },
    },
    figures: { ...manifest.figures, ...figures },
  };
  const save = () =>
    writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`);
  save();
  manifest = { ...manifest, memory: measuredMemory(out, manifest) };
  save();
  say(`${id}: ${JSON.stringify(figures)}`);
}

/** Opens the package as the product would. */
async function open(backend: Backend, out: string, manifest: PackageManifest): Promise<ModelPackage> {
  const installed = await parsePackage(manifest.id, new TextEncoder().encode(JSON.stringify(manifest)));
  if (basename(out) !== manifest.id)
    throw new Error(`The folder ${out} must be named like the package, ${manifest.id}.`);
  const models = createModelSource({
    backend,
    files: createNodeFiles(resolve(out, '..')),
    packages: [installed],
  });
  return models.open(manifest.id, { signal: new AbortController().signal });
}

/** Encodes pictures, fits the RGB factors and measures the reconstruction. */
async function fitOn(backend: Backend, opened: ModelPackage, folder: string, size: number, factor: number) {
  const names = readdirSync(folder)
    .filter((name) => /\.(?:png|jpe?g|webp)$/iu.test(name))
    .toSorted()
    .slice(0, 64);
  const cells = size / factor;
  const latents: number[][] = [];
  const small: number[][] = [];
  let squares = 0;
  for (const name of names) {
    const rgb = await sharp(join(folder, name))
      .removeAlpha()
      .resize(size, size, { kernel: 'lanczos3' })
      .raw()
      .toBuffer();
    const image = Float32Array.from(
      { length: 3 * size * size },
      (_, i) => (rgb[(i % (size * size)) * 3 + Math.floor(i / (size * size))] ?? 0) / 127.5 - 1,
    );
    const scope = backend.scope();
    const call = { ops: scope.ops, signal: new AbortController().signal };
    const { mean } = await opened.firstStage.encode(scope.ops.from(image, [1, 3, size, size]), call);
    latents.push([...(await mean.read())].map(Number));
    small.push([...(await reduced(scope.ops, image, 1, size, cells))]);
    const decoded = await (await opened.firstStage.decode(mean, call)).read();
    for (let i = 0; i < image.length; i += 1) squares += ((Number(decoded[i]) - (image[i] ?? 0)) / 2) ** 2;
    scope.release();
  }
  const fit = fitRgb(
    Float32Array.from(latents.flat()),
    Float32Array.from(small.flat()),
    opened.firstStage.space.channels,
    cells * cells,
  );
  return {
    ...fit,
    count: names.length,
    reconstructionDb: -10 * Math.log10(squares / (names.length * 3 * size * size)),
  };
}

/** U-Net output and final picture with 8-bit weights against those with the export's fp16 weights, both computed in fp32. */
async function cost(
  backend: Backend,
  source: string,
  out: string,
  manifest: PackageManifest,
  opened: ModelPackage,
  facts: Facts,
) {
  const ours = await probe(backend, opened, facts.measure);
  const exact: Backend = {
    ...backend,
    createSession: (graph: GraphSource, options?: SessionOptions) => {
      const externalData = graph.externalData.map(({ path }) => {
        const data = readFileSync(join(source, path));
        return { path, data: new Uint8Array(fromHalf(new Uint16Array(new Uint8Array(data).buffer)).buffer) };
      });
      return backend.createSession({ ...graph, externalData }, options);
    },
  };
  const reference = await probe(exact, await open(exact, out, manifest), facts.measure);
  if (ours === undefined || reference === undefined) return {};
  const range = Math.max(...reference.call) - Math.min(...reference.call);
  return {
    unet8BitVersusFp16PsnrDb: round(psnrDb(reference.call, ours.call, range), 1),
    unet8BitVersusFp16RelativeError: round(relativeError(reference.call, ours.call), 5),
    picture8BitVersusFp16PsnrDb: round(psnrDb(reference.picture, ours.picture, 2), 1),
  };
}

/** Bytes fetched for the first picture from text on one precision: text encoder, U-Net, decoder. */
function firstPicture({ files, unet, firstStage, conditioner }: PackageManifest): number {
  const names = [unet?.network, firstStage.decoder, conditioner.text?.network].flatMap((network) =>
    network === undefined ? [] : [network.fp32, network.weights],
  );
  const all = [...names, conditioner.text?.tokenizer ?? '', conditioner.classes?.embedding ?? ''];
  return all.reduce((sum, name) => sum + (files[name]?.size ?? 0), 0);
}

/** Pixels along a side, from the encoder's input or, without one, eight per latent cell. */
function imageSize(source: string): number {
  const graph = join(source, 'vae_encoder.onnx');
  if (!existsSync(graph)) return 256;
  return fixed(readGraph(readFileSync(graph)).inputs[0]?.dims)[2] ?? 256;
}

/** Sizes as numbers; symbolic ones are 0. */
function fixed(dims: readonly (number | string)[] | undefined): number[] {
  return (dims ?? []).map((size) => (typeof size === 'number' ? size : 0));
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
function megabytes(bytes: Uint8Array): string {
  return (bytes.byteLength / 1e6).toFixed(1);
}
function round(x: number, digits: number): number {
  return Number(x.toFixed(digits));
}
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
