/** Graphs in pictures: what this editor draws carries how it was drawn. Runs without a DOM; the command line uses it too. */
import { z } from 'zod';
import { serialise, type DocumentNotice, type LoomDocument } from '@/engine';
import type { ErrorPlace } from '@/engine/types';
import { foreignKeys } from '../../_interop/open';
import { parseText } from '../parse-text';
import { readPngTexts, stripPng, writePngTexts } from './png-text';

/** The text is the document itself, as in a file: any PNG tool can take it out. */
export const graphKeyword = 'latent-loom';
/** Which result of that graph this picture is. */
const resultKeyword = 'latent-loom-result';
/** Most bytes of a graph in a picture, unpacked. */
export const graphLimit = 64 << 20;

const resultSchema = z.looseObject({
  /** The seed of the noise, decimal uint64. */
  seed: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
  /** The node whose result this is, and which element of its batch. */
  node: z.string().optional(),
  element: z.int().nonnegative().optional(),
});
export type PictureOrigin = z.output<typeof resultSchema>;

export interface EmbeddedGraph {
  readonly document: LoomDocument;
  readonly notices: readonly DocumentNotice[];
  readonly origin: PictureOrigin;
}

/**
 * The picture with its graph (and seed) in iTXt chunks.
 * @throws LoomError when `png` is not an intact PNG
 */
export function embedGraph(
  png: Uint8Array,
  { document, ...origin }: { readonly document: LoomDocument } & PictureOrigin,
): Uint8Array<ArrayBuffer> {
  return writePngTexts(
    png,
    new Map([
      [graphKeyword, serialise(document)],
      [resultKeyword, JSON.stringify(origin)],
    ]),
  );
}

/**
 * The graph in a picture; undefined when it carries none.
 * @throws LoomError `file-truncated`, `file-damaged`, `too-large`, `invalid-document`
 */
export function extractGraph(png: Uint8Array, place: ErrorPlace = {}): EmbeddedGraph | undefined {
  const text = readPngTexts(png, [graphKeyword], graphLimit, place).get(graphKeyword);
  return text === undefined ? undefined : { ...parseText(text), origin: readOrigin(png) };
}

/** The picture alone, for sharing without saying how it was made. */
export const stripMetadata = stripPng;

/** Texts of other programs that the picture carries, by keyword (ComfyUI, InvokeAI, A1111). */
export const foreignTexts = (png: Uint8Array): ReadonlyMap<string, string> =>
  readPngTexts(png, foreignKeys, graphLimit, {}, 'windows-1252');

function readOrigin(png: Uint8Array): PictureOrigin {
  try {
    const text = readPngTexts(png, [resultKeyword], 1 << 16).get(resultKeyword);
    return text === undefined ? {} : resultSchema.parse(JSON.parse(text));
  } catch {
    // The graph is what matters; where the picture stood in it is a nicety.
    return {};
  }
}
