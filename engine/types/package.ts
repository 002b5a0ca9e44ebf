/**
 * What the product needs to know of a model package, in memory: one description,
 * made by several readers (`models/describe/`): our manifest, a diffusers folder
 * with ONNX graphs, a folder with safetensors, a single-file checkpoint.
 * Everything behind (catalogue, source, networks) takes descriptions only.
 */
import type { SessionPort } from './backend';
import type { LabelSet, LatentSpaceInfo, NetworkName } from './model';
import type { ImageChannels, PackageFact, Recommendation } from './package-facts';
import type { NetworkDescription, WeightEntry } from './network';

/** In which layout a package came. */
export type PackageLayout = 'loom' | 'diffusers-onnx' | 'diffusers' | 'checkpoint';

/** Number format of a network's weights and ports. */
export type Precision = 'fp16' | 'fp32';

/** Our own storage: 8-bit weights that are expanded to what the backend computes in, and one graph for each precision. */
export interface StoredNetwork {
  readonly kind: 'stored';
  readonly fp16: string;
  readonly fp32: string;
  readonly weights: string;
  /** The name under which the graphs ask for their external data. */
  readonly externalData: string;
  /** What the graphs compute, where it is one of ours (`models/networks/architecture.ts`). */
  readonly architecture?: StoredArchitecture;
}
/** Networks of ours that kernels of our own can run: widths and depths are read off the weights. `tiny-…`: the test package's. */
export type StoredArchitecture =
  | { readonly kind: 'loom-unet' | 'loom-text'; readonly headChannels: number }
  | { readonly kind: 'loom-encoder' | 'loom-decoder' | 'tiny-unet' | 'tiny-text' };

/** A graph that came with the model, used as it is. */
export interface GraphNetwork {
  readonly kind: 'graph';
  /** Path of the graph inside the package. */
  readonly graph: string;
  /** External data: `path` as the graph names it, `file` its path inside the package. */
  readonly external: readonly { readonly path: string; readonly file: string }[];
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  readonly precision: Precision;
  /** Bytes of all weights as stored. */
  readonly weightBytes: number;
  /** The graph draws random numbers itself: equal calls give different results. */
  readonly random: boolean;
}

/** A graph of ours over the tensors of the person's own safetensors files. */
export interface WeightsNetwork {
  readonly kind: 'weights';
  readonly network: NetworkDescription;
  /** Where each tensor lies; `file` is an index into `files`. */
  readonly entries: ReadonlyMap<string, WeightEntry>;
  /** Paths inside the package. */
  readonly files: readonly string[];
  readonly precision: Precision;
  readonly weightBytes: number;
}

/** How a network of a package is stored. */
export type NetworkFiles = StoredNetwork | GraphNetwork | WeightsNetwork;

/** β_t for t = 0…steps−1. `scaled-linear` is linear in √β (CompVis "linear", diffusers "scaled_linear"). */
export interface BetaSchedule {
  readonly kind: 'linear' | 'scaled-linear' | 'cosine';
  readonly start: number;
  readonly end: number;
  readonly steps: number;
  /** β_t themselves, where the package lists them: the fields above are then for display. */
  readonly trained?: readonly number[];
  /** Rescaled so that the last step is all noise (Lin et al. 2305.08891, Algorithm 1); ᾱ_T is held at 2⁻²⁴ as diffusers does. */
  readonly zeroSnr?: boolean;
}

export interface UNetDescription {
  readonly network: NetworkFiles;
  readonly prediction: 'epsilon' | 'v' | 'sample';
  readonly schedule: BetaSchedule;
  /** In latent cells: the size it was trained at. */
  readonly nativeSize: { readonly height: number; readonly width: number };
  readonly multipleOf: number;
  readonly concatChannels: number;
  /** 0 where it has no cross-attention. */
  readonly contextWidth: number;
  /** The one context length its graph takes; left out where any. */
  readonly contextLength?: number;
  /** `embedded`: guidance is an input of the network (Meng et al. 2210.03142), one evaluation a step. Default `cfg`. */
  readonly guidance?: 'cfg' | 'embedded';
  /** Width of the embedded guidance, where it is. */
  readonly guidanceWidth?: number;
  /** What its concatenated channels are, where they are a picture's. */
  readonly image?: ImageChannels;
  /** Width of the pooled text vector (SDXL's `text_embeds`), where it takes one. */
  readonly vectorWidth?: number;
  /** How many numbers about sizes and crops it takes (SDXL's `time_ids`: 6). */
  readonly sizeNumbers?: number;
  readonly recommended?: Recommendation;
}

/** Files and special tokens of a tokenizer. Ids are looked up in its own vocabulary, never assumed. */
export type TokenizerDescription =
  /** A `tokenizer.json` without special tokens around the prompt: ours. */
  | {
      readonly kind: 'plain';
      readonly file: string;
      readonly pad: number;
      /** The id that stands for every unknown word, if the tokenizer has one. */
      readonly unknown?: number;
    }
  /** CLIP's byte-level BPE: `vocab.json` and `merges.txt`, else `tokenizer.json`, else CLIP's own words, which are ours to bring. */
  | {
      readonly kind: 'clip';
      readonly json?: string;
      readonly vocab?: string;
      readonly merges?: string;
      readonly bos: string;
      readonly eos: string;
      readonly pad: string;
    }
  /** BERT's WordPiece: the text model of LDM's own text-to-image (paper §4.3.1). */
  | {
      readonly kind: 'wordpiece';
      readonly vocab: string;
      readonly lowerCase: boolean;
      readonly bos: string;
      readonly eos: string;
      readonly pad: string;
      readonly unknown: string;
    };

/** One text encoder with its tokenizer. */
export interface TextEncoderDescription {
  readonly network: NetworkFiles;
  readonly tokenizer: TokenizerDescription;
  /** Tokens that the encoder takes, special ones included. */
  readonly length: number;
  /** Width of its context. */
  readonly width: number;
  /** Name of the output that is the context; its only one where left out. */
  readonly context?: string;
  /** Name of the output that is the pooled vector, where the U-Net wants one. */
  readonly vector?: string;
  /** Networks that give the context of an earlier layer, by clip skip (1 = the last layer but one of what is usual). */
  readonly skips?: ReadonlyMap<number, { readonly network: NetworkFiles; readonly context?: string }>;
}

export interface TextDescription {
  /** Their contexts are joined along the width: SDXL has two. */
  readonly encoders: readonly TextEncoderDescription[];
  readonly width: number;
  readonly length: number;
  /** Prompts may be encoded in several chunks: the U-Net's graph takes a context of any length. Default false. */
  readonly chunks?: boolean;
  /** A prompt that is not wired stands for zeros instead of the encoded empty prompt (diffusers' `force_zeros_for_empty_prompt`). */
  readonly nullIsZero?: boolean;
}

export interface ConditionerDescription {
  readonly id: string;
  readonly text?: TextDescription;
  readonly classes?: {
    /** safetensors with `weight` [classes + 1, width]; the last row is the null class. */
    readonly embedding: string;
    readonly names: readonly string[];
    readonly width: number;
  };
  readonly map?: { readonly labels: LabelSet; readonly channels: number };
}

export interface FirstStageDescription {
  readonly type: 'kl' | 'vq';
  /** Latent on the wire = scale · (z − shift). */
  readonly scale: number;
  readonly shift: number;
  readonly encoder?: NetworkFiles;
  readonly decoder: NetworkFiles;
  /** VQ: the entries of the codebook, in the encoder's units (before scale and shift). */
  readonly codebook?: {
    readonly entries: number;
    readonly from:
      /** safetensors with `vectors` float32 [entries, channels]. */
      | { readonly kind: 'file'; readonly file: string }
      /** A tensor [entries, channels] among the decoder's weights. */
      | {
          readonly kind: 'slice';
          readonly file: string;
          readonly offset: number;
          readonly bytes: number;
          readonly type: 'float16' | 'float32';
        };
  };
  /** The decoder's network quantises by itself: done outside it would be done twice. */
  readonly quantisesItself?: boolean;
}

/** Bytes on wasm in single precision; see `NetworkMemory` for how they are read. */
export interface MeasuredMemory {
  readonly weights: number;
  readonly session: number;
  readonly fixed: number;
  readonly perCell: number;
  readonly attention?: { readonly perCell: number; readonly perPair: number } | undefined;
  readonly spread: number;
}

/** A file of a package. */
export interface FileFacts {
  readonly size: number;
  /** Known beforehand for our packages and for what a hub lists; unknown for a dropped folder. */
  readonly sha256?: string;
}

/** Everything about a package but its weights. */
export interface PackageDescription {
  readonly id: string;
  readonly layout: PackageLayout;
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  readonly latent: LatentSpaceInfo;
  readonly firstStage: FirstStageDescription;
  readonly unet?: UNetDescription;
  readonly conditioner: ConditionerDescription;
  /** By network, where it was measured. */
  readonly memory?: Readonly<Partial<Record<NetworkName, MeasuredMemory>>>;
  /** Files that the description names, by path inside the package. */
  readonly files: Readonly<Record<string, FileFacts>>;
  readonly facts: readonly PackageFact[];
  /** What the package asks for and is not honoured, in whole English sentences. */
  readonly notices: readonly string[];
}
