/** Pixels as PNG files: 8-bit grey, RGB, RGBA or palette. */
import { decode as decodePng } from 'fast-png';
import { zlibSync } from 'fflate';
import { LoomError, toLoomError, type ErrorPlace } from '@/engine/types';
import { inflateLimited } from '../inflate';
import { pngChunks, writePng } from './png-chunks';

/** Pixels that are read at most: 16 megapixels. */
const mostPixels = 1 << 24;

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1 grey or index, 3 RGB, 4 RGBA; interleaved. */
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
  /** With one channel: `data` are indices into these colours. */
  readonly palette?: readonly (readonly [number, number, number])[];
}

/**
 * An 8-bit PNG. Rows carry the filter *Sub* where neighbouring pixels resemble each other (pictures), none for palettes.
 * @throws RangeError when the data does not fill width × height × channels, or the palette has more than 256 colours
 */
export function encodeRaster({ width, height, channels, data, palette }: Raster): Uint8Array<ArrayBuffer> {
  if (data.length !== width * height * channels || width < 1 || height < 1)
    throw new RangeError(`${data.length} values do not fill ${width} × ${height} × ${channels}`);
  if (palette !== undefined && (palette.length > 256 || palette.length === 0 || channels !== 1))
    throw new RangeError('A palette has 1 to 256 colours and one channel');
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = palette ? 3 : { 1: 0, 3: 2, 4: 6 }[channels];
  const row = width * channels;
  const filter = palette ? 0 : 1;
  const lines = new Uint8Array((row + 1) * height);
  for (let y = 0; y < height; y++) {
    const to = y * (row + 1);
    lines[to] = filter;
    for (let x = 0; x < row; x++) {
      const here = data[y * row + x] ?? 0;
      lines[to + 1 + x] = filter === 1 && x >= channels ? here - (data[y * row + x - channels] ?? 0) : here;
    }
  }
  return writePng([
    { type: 'IHDR', data: header },
    ...(palette ? [{ type: 'PLTE', data: new Uint8Array(palette.flat()) }] : []),
    { type: 'IDAT', data: zlibSync(lines, { level: 6 }) },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}

/**
 * An 8-bit or smaller PNG as raw samples, one byte each: palette indices stay
 * indices, and grey of 1, 2 or 4 bits keeps its small numbers.
 * The picture's own header bounds what is unpacked, before anything is.
 * @throws LoomError `bad-input`, `file-truncated`, `file-damaged`, `too-large` (over 16 megapixels, or more data than the header says), `unsupported` (16 bits)
 */
export function decodeRaster(
  png: Uint8Array,
  place: ErrorPlace = {},
): { width: number; height: number; channels: number; data: Uint8Array; palette: number[][] | null } {
  const idat: Uint8Array[] = [];
  let header: Uint8Array | undefined;
  for (const chunk of pngChunks(png, place)) {
    if (chunk.type === 'IHDR') header = chunk.data;
    if (chunk.type === 'IDAT') idat.push(chunk.data);
    if (/^(IHDR|PLTE|IDAT)$/.test(chunk.type) && !chunk.intact())
      throw new LoomError('file-damaged', `The PNG's chunk ${chunk.type} fails its checksum.`, place);
  }
  if (!header || idat.length === 0) throw new LoomError('file-damaged', 'The PNG holds no picture.', place);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height, depth] = [view.getUint32(0), view.getUint32(4), view.getUint8(8)];
  if (width === 0 || height === 0) throw new LoomError('file-damaged', 'The PNG has no pixels.', place);
  if (width * height > mostPixels)
    throw new LoomError('too-large', `The PNG has ${width} × ${height} pixels.`, place, {
      details: { size: width * height, limit: mostPixels },
    });
  if (depth > 8)
    throw new LoomError('unsupported', 'Only PNGs of up to 8 bits per channel are read here.', place);
  // At most 4 channels, one filter byte a row, and Adam7's seven passes of partial rows.
  const bound = (width * 4 + 8) * height + 7 * (height + 8);
  const packed = new Uint8Array(idat.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of idat) {
    packed.set(part, at);
    at += part.length;
  }
  inflateLimited(packed, bound, 'zlib', place);
  try {
    // Only what it needs: no ICC profile or text that could be a bomb of its own.
    const kept = [...pngChunks(png, place)].filter((chunk) => /^(IHDR|PLTE|IDAT|IEND)$/.test(chunk.type));
    const image = decodePng(writePng(kept));
    if (image.data instanceof Uint16Array)
      throw new LoomError('unsupported', 'Only PNGs of up to 8 bits per channel are read here.', place);
    return {
      width,
      height,
      channels: image.channels,
      data: depth === 8 ? new Uint8Array(image.data) : unpack(image.data, width, height, depth, place),
      palette: image.palette ?? null,
    };
  } catch (thrown) {
    if (thrown instanceof LoomError) throw thrown;
    throw new LoomError('file-damaged', 'The PNG is damaged.', place, { cause: toLoomError(thrown) });
  }
}

/** Rows of 1, 2 or 4 bits a sample (one channel: the format allows no other) as bytes. */
function unpack(
  packed: ArrayLike<number>,
  width: number,
  height: number,
  depth: number,
  place: ErrorPlace,
): Uint8Array {
  const row = Math.ceil((width * depth) / 8);
  if (packed.length !== row * height)
    throw new LoomError('unsupported', 'Interlaced PNGs of fewer than 8 bits are not read here.', place);
  const data = new Uint8Array(width * height);
  const perByte = 8 / depth;
  const mask = (1 << depth) - 1;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = packed[y * row + Math.floor(x / perByte)] ?? 0;
      data[y * width + x] = (byte >> (8 - depth - (x % perByte) * depth)) & mask;
    }
  return data;
}
