/** One door for everything that comes in: opened, dropped, pasted. What it is, or a typed refusal. */
import { LoomError, type DocumentNotice, type LoomDocument } from '@/engine';
import {
  checkPictureBytes,
  notAPicture,
  pictureFormat,
  pictureFormats,
  pictureNames,
  type PictureMime,
} from '@/nodes/_shared/picture-formats';
import { registry } from '@/nodes/registry';
import {
  openForeignText,
  openForeignTexts,
  type ForeignGraph,
  type ImportOptions,
  type ImportReport,
} from '../_interop/open';
import { readClip, type Clip } from './clip';
import { hasLink } from './link/has-link';
import { readLink } from './link/link';
import { extractGraph, foreignTexts, type PictureOrigin } from './png/png';
import { modelIdOf } from './model-names';
import { parseText } from './parse-text';
import { isPng } from './png/png-chunks';
import { aFolder, foreignThing } from './foreign';

/** Largest file that is read at all. Larger ones are refused by their size alone. */
export const fileLimit = 64 << 20;

export type Incoming =
  | {
      readonly kind: 'document';
      readonly document: LoomDocument;
      readonly notices: readonly DocumentNotice[];
      /** `foreign`: a file or picture of another program; saving must not write over it. */
      readonly from: 'json' | 'png' | 'link' | 'foreign';
      readonly name: string;
      /** PNG: which result of the graph the picture is. */
      readonly origin?: PictureOrigin;
      /** What became of another program's nodes. */
      readonly report?: ImportReport;
    }
  | { readonly kind: 'clip'; readonly clip: Clip }
  | {
      readonly kind: 'image';
      readonly bytes: Uint8Array;
      readonly mime: PictureMime;
      readonly name: string;
      /** The picture carries a graph of another program that cannot be read: why. */
      readonly foreign?: LoomError;
    };

/**
 * What bytes or text are: a document (JSON, PNG with a graph, link), copied nodes, or a picture.
 * @throws LoomError `too-large`, `file-truncated`, `file-damaged`, `invalid-document`, `unsupported`, `bad-input`
 */
export function readIncoming(input: Uint8Array | string, name = ''): Incoming {
  const place = name === '' ? {} : { file: name };
  const size = input.length;
  if (size > fileLimit) throw tooLarge(size, name);
  try {
    return typeof input === 'string' ? readText(input, name) : readBytes(input, name);
  } catch (error) {
    if (error instanceof LoomError) throw error.at(place);
    if (error instanceof RangeError)
      throw new LoomError('too-large', 'This is nested too deeply or too large to be read.', place, {
        cause: error,
      });
    throw error;
  }
}

/** The same for a file: refused by its size before a byte is read. */
export async function readIncomingFile(file: Blob & { readonly name?: string }): Promise<Incoming> {
  const name = file.name ?? '';
  if (file.size > fileLimit) throw foreignThing(new Uint8Array(0), name) ?? tooLarge(file.size, name);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    // A dropped folder is a File that cannot be read.
    throw aFolder(name);
  }
  const incoming = readIncoming(bytes, name);
  if (incoming.kind !== 'image' || (incoming.mime !== 'image/jpeg' && incoming.mime !== 'image/webp'))
    return incoming;
  // Exif needs a reader of its own, which comes when it is needed.
  const { readPictureTexts } = await import('./picture/metadata');
  const texts = await readPictureTexts(bytes);
  return pictureOr(incoming, () => texts);
}

/** A picture, or the graph of another program that it carries. */
function pictureOr(
  picture: Extract<Incoming, { kind: 'image' }>,
  texts: () => ReadonlyMap<string, string>,
): Incoming {
  try {
    const found = openForeignTexts(texts(), importOptions(picture.name));
    return found === undefined ? picture : foreignDocument(found, picture.name);
  } catch (error) {
    // The picture itself may be what was wanted.
    if (error instanceof LoomError) return { ...picture, foreign: error };
    throw error;
  }
}

const importOptions = (name: string): ImportOptions => {
  const title = name.replace(/^.*[/\\]/, '').replace(/\.[^.]{1,5}$/, '');
  return { registry, modelId: modelIdOf, ...(title !== '' && { title }) };
};

const foreignDocument = ({ document, report }: ForeignGraph, name: string): Incoming => ({
  kind: 'document',
  from: 'foreign',
  name,
  document,
  notices: [],
  report,
});

function tooLarge(size: number, name: string): LoomError {
  return new LoomError(
    'too-large',
    `${name === '' ? 'The input' : name} has ${Math.round(size / 1e6)} MB; at most ${fileLimit >> 20} MiB are read.`,
    name === '' ? {} : { file: name },
    { details: { size, limit: fileLimit } },
  );
}

function readBytes(bytes: Uint8Array, name: string): Incoming {
  const place = name === '' ? {} : { file: name };
  if (isPng(bytes)) {
    const found = extractGraph(bytes, place);
    if (found !== undefined) return { kind: 'document', from: 'png', name, ...found };
    checkPictureBytes(bytes.length);
    return pictureOr({ kind: 'image', bytes, mime: 'image/png', name }, () => foreignTexts(bytes));
  }
  const format = pictureFormat(bytes);
  if (format !== undefined) {
    checkPictureBytes(bytes.length);
    return { kind: 'image', bytes, mime: pictureFormats[format].mime, name };
  }
  const refusal = notAPicture(bytes);
  // A picture of a kind that is not taken in: an SVG, a HEIC.
  if (refusal.code === 'unsupported') throw refusal.at(place);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw (
      foreignThing(bytes, name) ??
      new LoomError('bad-input', 'This is neither a graph nor a picture that can be read.', place, {
        fix: `Open a .json graph, or a picture (${pictureNames}).`,
        cause,
      })
    );
  }
  // What is no text can be valid UTF-8 by chance.
  const foreign = foreignThing(bytes, name, text);
  if (foreign !== undefined) throw foreign;
  return readText(text, name);
}

function readText(text: string, name: string): Incoming {
  const trimmed = text.trimStart();
  if (!trimmed.startsWith('{') && hasLink(trimmed)) {
    const linked = readLink(trimmed);
    if (linked) return { kind: 'document', from: 'link', name, ...linked };
  }
  const graph = openForeignText(trimmed, importOptions(name));
  if (graph !== undefined) return foreignDocument(graph, name);
  const foreign = trimmed.includes('"latent-loom"')
    ? undefined
    : foreignThing(new Uint8Array(0), name, trimmed);
  if (foreign !== undefined) throw foreign;
  const clip = readClip(trimmed);
  if (clip) return { kind: 'clip', clip };
  if (!trimmed.startsWith('{') && !trimmed.startsWith('['))
    throw new LoomError('bad-input', 'This text is not a graph.', name === '' ? {} : { file: name }, {
      fix: 'Paste a graph as JSON, nodes copied here, or a link that holds a graph.',
    });
  return { kind: 'document', from: 'json', name, ...parseText(trimmed) };
}
