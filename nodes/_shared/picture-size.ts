/**
 * The size of a picture that a document carries, read from its header: known
 * while wiring, before anything is decoded. PNG (W3C PNG 3rd ed.), JPEG (ITU-T
 * T.81, Exif 2.32 for the orientation), WebP (RFC 9649), GIF89a, BMP and AVIF
 * (ISO/IEC 23008-12). A TIFF says its size where only its decoder finds it.
 */

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Chunks or segments looked at, at most: a 16-MiB PNG of 8-kiB chunks has 2,048. */
const maxChunks = 8_192;
/** Entries of an Exif directory looked at, at most. */
const maxEntries = 64;

/**
 * Size in pixels of the picture in a data URL, upright, as the decoder gives
 * it. Undefined for what is no such picture. Never throws, and takes time for
 * at most {@link maxChunks} chunks.
 */
export function pictureSize(source: string | null): PictureSize | undefined {
  const start = source === null ? null : /^data:[^,;]{0,100};base64,/.exec(source);
  if (source === null || start === null) return undefined;
  try {
    const bytes = new Base64(source, start[0].length);
    const size = png(bytes) ?? jpeg(bytes) ?? webp(bytes) ?? gif(bytes) ?? bmp(bytes) ?? avif(bytes);
    return size && size.width > 0 && size.height > 0 ? size : undefined;
  } catch {
    // Cut short or garbled: the run says so.
    return undefined;
  }
}

/** Bytes of a base64 text, decoded only where they are read. Reading past the end throws a RangeError. */
class Base64 {
  constructor(
    private readonly text: string,
    private readonly start: number,
  ) {}

  view(offset: number, length: number): DataView {
    const first = Math.floor(offset / 3);
    const last = Math.ceil((offset + length) / 3);
    const text = atob(this.text.slice(this.start + first * 4, this.start + last * 4));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return new DataView(bytes.buffer, offset - first * 3, length);
  }
  /** The first bytes, as many as there are, one character each. */
  head(length: number): string {
    return atob(this.text.slice(this.start, this.start + Math.ceil(length / 3) * 4));
  }
  /** Whether ASCII text (or bytes, as `\xff`) stands there. */
  has(offset: number, text: string): boolean {
    const view = this.view(offset, text.length);
    return Array.from({ length: text.length }, (_, at) => at).every(
      (at) => view.getUint8(at) === text.charCodeAt(at),
    );
  }
}

function png(bytes: Base64): PictureSize | undefined {
  if (!bytes.has(0, '\x89PNG\r\n\x1a\n')) return undefined;
  const header = bytes.view(16, 8);
  const size = { width: header.getUint32(0), height: header.getUint32(4) };
  // An orientation may stand behind the pixels; the first one counts.
  for (let at = 8, count = 0; count < maxChunks && !bytes.has(at + 4, 'IEND'); count++) {
    if (bytes.has(at + 4, 'eXIf')) return isTurned(orientation(bytes, at + 8)) ? turned(size) : size;
    at += 12 + bytes.view(at, 4).getUint32(0);
  }
  return size;
}

function jpeg(bytes: Base64): PictureSize | undefined {
  if (!bytes.has(0, '\xff\xd8')) return undefined;
  let aside: boolean | undefined;
  for (let at = 2, count = 0; count < maxChunks; count++) {
    const [mark, marker] = [bytes.view(at, 2).getUint8(0), bytes.view(at, 2).getUint8(1)];
    if (mark !== 0xff) return undefined;
    if (marker === 0xff) {
      // A fill byte.
      at++;
      continue;
    }
    // The first one counts.
    if (marker === 0xe1 && aside === undefined && bytes.has(at + 4, 'Exif\0\0'))
      aside = isTurned(orientation(bytes, at + 10));
    // SOF0…SOF15 without DHT, JPG and DAC, which stand among them.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const frame = bytes.view(at + 5, 4);
      const [height, width] = [frame.getUint16(0), frame.getUint16(2)];
      return aside === true ? turned({ width, height }) : { width, height };
    }
    at += 2 + bytes.view(at + 2, 2).getUint16(0);
  }
  return undefined;
}

function webp(bytes: Base64): PictureSize | undefined {
  if (!bytes.has(0, 'RIFF') || !bytes.has(8, 'WEBP')) return undefined;
  if (bytes.has(12, 'VP8 ')) {
    const frame = bytes.view(26, 4);
    // The two highest bits are a scale for showing.
    return { width: frame.getUint16(0, true) & 0x3fff, height: frame.getUint16(2, true) & 0x3fff };
  }
  if (bytes.has(12, 'VP8L')) {
    const bits = bytes.view(21, 4).getUint32(0, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (!bytes.has(12, 'VP8X')) return undefined;
  const canvas = bytes.view(24, 6);
  const side = (offset: number): number =>
    canvas.getUint16(offset, true) + canvas.getUint8(offset + 2) * 0x10000 + 1;
  const size = { width: side(0), height: side(3) };
  if ((bytes.view(20, 1).getUint8(0) & 0x08) === 0) return size;
  for (let at = 30, count = 0; count < maxChunks; count++) {
    if (bytes.has(at, 'EXIF')) {
      // Some programs leave JPEG's prefix before the TIFF structure.
      const tiff = bytes.has(at + 8, 'Exif\0\0') ? at + 14 : at + 8;
      return isTurned(orientation(bytes, tiff)) ? turned(size) : size;
    }
    const length = bytes.view(at + 4, 4).getUint32(0, true);
    at += 8 + length + (length % 2);
  }
  return size;
}

function gif(bytes: Base64): PictureSize | undefined {
  if (!bytes.has(0, 'GIF87a') && !bytes.has(0, 'GIF89a')) return undefined;
  const screen = bytes.view(6, 4);
  return { width: screen.getUint16(0, true), height: screen.getUint16(2, true) };
}

function bmp(bytes: Base64): PictureSize | undefined {
  if (!bytes.has(0, 'BM') || !bytes.has(15, '\0\0\0')) return undefined;
  const sides = bytes.view(18, 8);
  return { width: sides.getUint32(0, true), height: sides.getUint32(4, true) };
}

/** Bytes of an AVIF's head that are searched: its properties stand before the pixels. */
const avifHead = 4_096;

/** The largest image that an AVIF's properties speak of: the whole, of which tiles and planes are parts. */
function avif(bytes: Base64): PictureSize | undefined {
  if (!bytes.has(4, 'ftyp')) return undefined;
  const head = bytes.head(avifHead);
  let size: PictureSize | undefined;
  let aside = false;
  for (let at = head.indexOf('ispe'); at >= 0; at = head.indexOf('ispe', at + 4)) {
    const sides = bytes.view(at + 8, 8);
    const found = { width: sides.getUint32(0), height: sides.getUint32(4) };
    if (size === undefined || found.width * found.height > size.width * size.height) size = found;
  }
  const rotation = head.indexOf('irot');
  if (rotation >= 0) aside = (bytes.view(rotation + 4, 1).getUint8(0) & 1) === 1;
  return size !== undefined && aside ? turned(size) : size;
}

const turned = ({ width, height }: PictureSize): PictureSize => ({ width: height, height: width });

/** Orientations 5 to 8 exchange the sides. */
const isTurned = (value: number): boolean => value >= 5 && value <= 8;

/** Exif's orientation in the TIFF structure at `at`; 1 (upright) where it says none. */
function orientation(bytes: Base64, at: number): number {
  const little = bytes.has(at, 'II');
  const directory = at + bytes.view(at + 4, 4).getUint32(0, little);
  const count = Math.min(maxEntries, bytes.view(directory, 2).getUint16(0, little));
  for (let entry = 0; entry < count; entry++) {
    const field = bytes.view(directory + 2 + entry * 12, 12);
    if (field.getUint16(0, little) === 0x0112) return field.getUint16(8, little);
  }
  return 1;
}
