/** `models/<id>/manifest.json`: everything about a package but its weights. Parsed before anything is fetched. */
import { z } from 'zod';
import { architectureSchema } from './networks/architecture';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/u, 'lower-case letters, digits and dashes');
/** A path inside the package's folder. No way out of it. */
const path = z.string().regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]*$/u, 'a plain file name');
const size = z.int().positive();

/** A network: one graph for each precision over the same weights. */
export const networkSchema = z.strictObject({
  fp16: path,
  fp32: path,
  /** Storage format of `storage.ts`. */
  weights: path,
  /** The name under which the graphs ask for their external data. */
  externalData: z.string().min(1),
  /** What the graphs compute, where it is one of ours: kernels of our own run it without them. */
  architecture: architectureSchema.optional(),
});
export type NetworkManifest = z.output<typeof networkSchema>;

const labelSetSchema = z.strictObject({
  id: z.string().min(1),
  /** Index in the map = index here; entry 0 is "none". */
  labels: z
    .array(z.strictObject({ name: z.string(), color: z.string().regex(/^#[0-9a-f]{6}$/u) }))
    .min(2)
    .max(256),
});

const conditionerSchema = z.strictObject({
  id: z.string().min(1),
  text: z
    .strictObject({
      network: networkSchema,
      /** Hugging Face `tokenizer.json`. */
      tokenizer: path,
      /** Tokens that the encoder takes; shorter prompts are padded with `pad`. */
      length: size.max(16_384),
      width: size,
      pad: z.int().nonnegative(),
      /** The id that stands for every unknown word, if the tokenizer has one. */
      unknown: z.int().nonnegative().optional(),
    })
    .optional(),
  classes: z
    .strictObject({
      /** safetensors with `weight` [classes + 1, width]; the last row is the null class. */
      embedding: path,
      names: z.array(z.string()).min(1),
      width: size,
    })
    .optional(),
  map: z.strictObject({ labels: labelSetSchema, channels: size }).optional(),
});

const latentSchema = z.strictObject({
  /** Nominal identity of the latent space. */
  space: z.string().min(1),
  channels: size.max(65_536),
  factor: size,
  /** Latent cells, where the graphs were exported at one size and take no other; left out where their sides are symbolic. */
  only: z.strictObject({ height: size, width: size }).optional(),
  /** rgb (0…1) = bias + weightᵀ·z, fitted by least squares on real encodings. */
  rgb: z.strictObject({
    weight: z.array(z.array(z.number()).length(3)),
    bias: z.array(z.number()).length(3),
  }),
});

const firstStageBase = {
  encoder: networkSchema.optional(),
  decoder: networkSchema,
  /** Latent on the wire = scale · (z − shift). */
  scale: z.number().positive(),
  shift: z.number(),
};
const firstStageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('kl'), ...firstStageBase }),
  z.strictObject({
    type: z.literal('vq'),
    ...firstStageBase,
    /** safetensors with `vectors` float32 [entries, channels], in the encoder's units (before scale and shift). */
    codebook: path,
    entries: size,
  }),
]);

const unetSchema = z.strictObject({
  network: networkSchema,
  prediction: z.enum(['epsilon', 'v', 'sample']),
  /** β_t for t = 0…steps−1. `scaled-linear`: linear in √β (CompVis "linear", diffusers "scaled_linear"). */
  schedule: z.strictObject({
    kind: z.enum(['linear', 'scaled-linear', 'cosine']),
    start: z.number().positive(),
    end: z.number().positive(),
    steps: size.max(100_000),
  }),
  /** In latent cells: the size it was trained at. Graphs with symbolic height and width take all multiples of `multipleOf`. */
  nativeSize: z.strictObject({ height: size, width: size }),
  multipleOf: size,
  concatChannels: z.int().nonnegative(),
  contextWidth: size,
});

const sourceSchema = z.strictObject({
  name: z.string(),
  licence: z.string(),
  url: z.string().optional(),
  credit: z.string().optional(),
});

/** The networks that a package may have, as the memory plan knows them. */
export const memoryNames = ['text', 'unet', 'encoder', 'decoder'] as const;
export type MemoryName = (typeof memoryNames)[number];

/**
 * What one network takes on wasm in single precision, in bytes: `NetworkMemory` of the engine says
 * how it is read. Measured by `_build/memory.ts`. What older manifests lack counts as nothing.
 */
export const networkMemorySchema = z.strictObject({
  /** Expanded weights. */
  weights: size,
  /** Beyond the weights, to make the session. */
  session: z.int().nonnegative().default(0),
  /** Beyond the weights, for a call: `fixed + pictures · perCell · n`, n latent cells each (a prompt counts as one cell). */
  fixed: z.int().nonnegative(),
  perCell: z.int().nonnegative(),
  /** `fixed + pictures · (perCell · n + perPair · n²)` where that is more. `perCell` may be below 0: it is fitted where n² counts. */
  attention: z.strictObject({ perCell: z.int(), perPair: z.number().positive() }).optional(),
  /** The most that equal calls took over what a single thread takes. */
  spread: z.number().min(1).default(1),
});
export type NetworkMemoryManifest = z.output<typeof networkMemorySchema>;

export const manifestSchema = z
  .strictObject({
    format: z.literal('latent-loom-package'),
    version: z.literal(1),
    id,
    title: z.string().min(1),
    description: z.string(),
    licence: z.string().min(1),
    data: z.array(sourceSchema),
    latent: latentSchema,
    firstStage: firstStageSchema,
    unet: unetSchema.optional(),
    conditioner: conditionerSchema,
    memory: z.partialRecord(z.enum(memoryNames), networkMemorySchema).optional(),
    /** Measured, with its unit in the name, e.g. `unet8BitVersusFp16PsnrDb`. */
    figures: z.record(z.string(), z.union([z.number(), z.string()])),
    files: z.record(path, z.strictObject({ size, sha256: z.string().regex(/^[0-9a-f]{64}$/u) })),
  })
  .superRefine((manifest, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    for (const file of filesNamed(manifest))
      if (manifest.files[file] === undefined) refuse(`"${file}" is named but not among the files`);
    if (manifest.latent.rgb.weight.length !== manifest.latent.channels)
      refuse('latent.rgb.weight must have one row per channel');
    const { unet, conditioner } = manifest;
    if (unet !== undefined) {
      for (const part of [conditioner.text, conditioner.classes])
        if (part !== undefined && part.width !== unet.contextWidth)
          refuse(
            `a conditioner of width ${part.width} does not fit a U-Net of context width ${unet.contextWidth}`,
          );
      if (conditioner.map !== undefined && conditioner.map.channels !== unet.concatChannels)
        refuse(
          `a map of ${conditioner.map.channels} channels does not fit ${unet.concatChannels} concatenated ones`,
        );
    }
  });
export type PackageManifest = z.output<typeof manifestSchema>;

type Parts = Pick<PackageManifest, 'firstStage' | 'unet' | 'conditioner'>;

/** The networks that a package has. */
export const networksOf = ({
  firstStage,
  unet,
  conditioner,
}: Parts): Partial<Record<MemoryName, NetworkManifest>> => ({
  ...(conditioner.text && { text: conditioner.text.network }),
  ...(unet && { unet: unet.network }),
  ...(firstStage.encoder && { encoder: firstStage.encoder }),
  decoder: firstStage.decoder,
});

/** Every file that the parts of a manifest name. */
function filesNamed(manifest: Parts): string[] {
  const { firstStage, conditioner } = manifest;
  return [
    ...Object.values(networksOf(manifest)).flatMap((network) => [
      network.fp16,
      network.fp32,
      network.weights,
    ]),
    ...(firstStage.type === 'vq' ? [firstStage.codebook] : []),
    ...(conditioner.text === undefined ? [] : [conditioner.text.tokenizer]),
    ...(conditioner.classes === undefined ? [] : [conditioner.classes.embedding]),
  ];
}
