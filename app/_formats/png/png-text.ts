/** International text chunks of a PNG (iTXt, §11.3.3.4): UTF-8, compressed, found by keyword wherever they stand. */
import { drawnChunks } from '../picture/drawn-png';
import { zlibSync } from 'fflate';
import { LoomError, type ErrorPlace } from '@/engine/types';
import { inflateLimited } from '../inflate';
import { pngChunks, writePng, type PngChunk } from './png-chunks';

const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** The keyword of a text chunk (iTXt, tEXt or zTXt); undefined for others. Keywords are 1–79 bytes. */
function keywordOf(chunk: PngChunk): string | undefined {
  if (chunk.type !== 'iTXt' && chunk.type !== 'tEXt' && chunk.type !== 'zTXt') return undefined;
  const end = chunk.data.subarray(0, 80).indexOf(0);
  return end > 0 ? latin1(chunk.data.subarray(0, end)) : undefined;
}

function decode(bytes: Uint8Array, place: ErrorPlace, otherwise?: 'windows-1252'): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if (otherwise !== undefined) return new TextDecoder(otherwise).decode(bytes);
    throw new LoomError('file-damaged', 'The text in the PNG is not UTF-8.', place, { cause });
  }
}

function body(chunk: PngChunk, limit: number, place: ErrorPlace, otherwise?: 'windows-1252'): string {
  const { data } = chunk;
  const afterKeyword = data.indexOf(0) + 1;
  if (chunk.type === 'zTXt')
    return decode(inflateLimited(data.subarray(afterKeyword + 1), limit, 'zlib', place), place, otherwise);
  let start = afterKeyword;
  let compressed = false;
  if (chunk.type === 'iTXt') {
    compressed = data[afterKeyword] === 1;
    const languageEnd = data.indexOf(0, afterKeyword + 2);
    const keywordEnd = languageEnd < 0 ? -1 : data.indexOf(0, languageEnd + 1);
    if (keywordEnd < 0 || (compressed && data[afterKeyword + 1] !== 0))
      throw new LoomError('file-damaged', 'The text chunk of the PNG is damaged.', place);
    start = keywordEnd + 1;
  }
  const text = data.subarray(start);
  if (compressed) return decode(inflateLimited(text, limit, 'zlib', place), place);
  if (text.length > limit)
    throw new LoomError('too-large', `The text in the PNG has more than ${limit} bytes.`, place, {
      details: { limit, size: text.length },
    });
  return decode(text, place, chunk.type === 'tEXt' ? otherwise : undefined);
}

/** Damaged texts that are unpacked, at most, in search of an intact one. */
const mostDamaged = 3;

/**
 * The texts with the wanted keywords, of whichever text chunks carry them; the
 * first intact one of each keyword wins. A file cut off after the text still
 * gives it up; one cut off before throws.
 * @param limit most bytes of one text once unpacked
 * @param otherwise how a tEXt is read that is no UTF-8: Latin-1 by the standard, which other programs may follow
 * @throws LoomError as {@link pngChunks}, and `file-damaged` or `too-large` when every chunk with a wanted keyword is
 */
export function readPngTexts(
  png: Uint8Array,
  wanted: readonly string[],
  limit: number,
  place: ErrorPlace = {},
  otherwise?: 'windows-1252',
): Map<string, string> {
  const found = new Map<string, string>();
  const failed = new Map<string, unknown>();
  let damaged = 0;
  try {
    for (const chunk of pngChunks(png, place)) {
      const keyword = keywordOf(chunk);
      if (keyword === undefined || !wanted.includes(keyword) || found.has(keyword)) continue;
      try {
        if (!chunk.intact())
          throw new LoomError('file-damaged', `The PNG's text "${keyword}" fails its checksum.`, place);
        found.set(keyword, body(chunk, limit, place, otherwise));
      } catch (error) {
        failed.set(keyword, error);
        damaged += 1;
        // Unpacking bombs one after the other is work too.
        if (damaged >= mostDamaged || (error instanceof LoomError && error.code === 'too-large')) throw error;
      }
    }
  } catch (error) {
    if (found.size === 0) throw error;
  }
  if (found.size === 0) for (const error of failed.values()) throw error;
  return found;
}

/**
 * The same picture with these texts right after its header, zlib-compressed.
 * Older texts with the same keywords are dropped; everything else stays byte for byte.
 * @throws LoomError as {@link pngChunks}
 */
export function writePngTexts(png: Uint8Array, texts: ReadonlyMap<string, string>): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const chunks: { type: string; data: Uint8Array }[] = [];
  for (const chunk of pngChunks(png)) {
    const keyword = keywordOf(chunk);
    if (keyword !== undefined && texts.has(keyword)) continue;
    chunks.push(chunk);
    if (chunk.type !== 'IHDR') continue;
    for (const [key, text] of texts) {
      // keyword, NUL, compressed, method 0, no language, no translated keyword
      const head = encoder.encode(`${key}\0\u0001\0\0\0`);
      const packed = zlibSync(encoder.encode(text), { level: 9 });
      const data = new Uint8Array(head.length + packed.length);
      data.set(head);
      data.set(packed, head.length);
      chunks.push({ type: 'iTXt', data });
    }
  }
  return writePng(chunks);
}

/**
 * The picture alone: every chunk that does not change how it is drawn is left
 * out (texts, EXIF, XMP in iTXt, times, unknown chunks).
 * @throws LoomError as {@link pngChunks}
 */
export function stripPng(png: Uint8Array): Uint8Array<ArrayBuffer> {
  return writePng([...pngChunks(png)].filter((chunk) => drawnChunks.has(chunk.type)));
}
