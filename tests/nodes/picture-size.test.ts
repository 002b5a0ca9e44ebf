/** The size read from a picture's header is the size of the picture that is decoded, or none. */
import { readFileSync, readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { codec } from '@/app/_cli/codec';
import { pictureSize } from '@/nodes/_shared/picture-size';

const sides = [
  [1, 1],
  [50, 33],
  [300, 7],
  [1023, 640],
] as const;
const formats = {
  png: (image: Sharp) => image.png(),
  'progressive JPEG': (image: Sharp) => image.jpeg({ progressive: true }),
  JPEG: (image: Sharp) => image.jpeg(),
  'lossy WebP': (image: Sharp) => image.webp(),
  'lossless WebP': (image: Sharp) => image.webp({ lossless: true }),
  AVIF: (image: Sharp) => image.avif(),
  GIF: (image: Sharp) => image.gif(),
  'WebP with transparency': (image: Sharp) => image.ensureAlpha(0.5).webp(),
};
const url = (bytes: Uint8Array, type = 'png'): string =>
  `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;

const picture = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: { r: 9, g: 99, b: 200 } } });
const decoded = async (bytes: Uint8Array) => {
  const { width, height } = await codec.decode(bytes);
  return { width, height };
};

describe('the size in a header', () => {
  it.each(Object.entries(formats))('of %s is that of the decoded picture', async (_name, write) => {
    for (const [width, height] of sides) {
      const bytes = await write(picture(width, height)).toBuffer();
      expect(pictureSize(url(bytes))).toEqual({ width, height });
      expect(await decoded(bytes)).toEqual({ width, height });
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('of a JPEG of orientation %i is upright', async (orientation) => {
    for (const [width, height] of sides) {
      const bytes = await picture(width, height).withMetadata({ orientation }).jpeg().toBuffer();
      expect(pictureSize(url(bytes))).toEqual(await decoded(bytes));
    }
    const bytes = await picture(50, 33).withMetadata({ orientation }).jpeg().toBuffer();
    expect(pictureSize(url(bytes))).toEqual(
      orientation < 5 ? { width: 50, height: 33 } : { width: 33, height: 50 },
    );
  });

  it.each(['png', 'lossy WebP', 'AVIF', 'GIF'] as const)('of a %s is upright', async (format) => {
    for (const orientation of [1, 3, 6, 8]) {
      const bytes = await formats[format](picture(50, 33).withMetadata({ orientation })).toBuffer();
      expect(pictureSize(url(bytes)), `orientation ${orientation}`).toEqual(await decoded(bytes));
    }
  });

  it('of every picture of the corpus is that of its pixels, or unknown', async () => {
    const folder = new URL('../fixtures/pictures/', import.meta.url).pathname;
    for (const name of readdirSync(folder)) {
      const bytes = new Uint8Array(readFileSync(`${folder}${name}`));
      const known = name.endsWith('.tiff') ? undefined : await decoded(bytes);
      expect(pictureSize(url(bytes)), name).toEqual(known);
    }
  });

  it('takes no longer for thousands of Exif blocks with thousands of entries each', () => {
    const block = new Uint8Array(12 + 8 + 2 + 12 * 30);
    const view = new DataView(block.buffer);
    view.setUint32(0, block.length - 12);
    block.set(new TextEncoder().encode('eXIfMM\0*'), 4);
    view.setUint32(12, 8);
    view.setUint16(16, 0xffff);
    const header = Buffer.from('89504e470d0a1a0a0000000d494844520000004000000040080200000000000000', 'hex');
    const bomb = Buffer.concat([header, ...Array.from({ length: 2_400 }, () => block)]);
    expect(pictureSize(url(bomb))).toEqual({ width: 64, height: 64 });
  });

  it('is not said of what is no picture, or of a file elsewhere', () => {
    for (const source of [
      null,
      'f'.repeat(64),
      'data:,x',
      'data:image/png;base64,',
      'data:image/gif;base64,R0lGODlh',
      'data:image/svg+xml,<svg/>',
    ])
      expect(pictureSize(source)).toBeUndefined();
  });

  it('is read from anything without throwing, and from garbled pictures too', async () => {
    const pictures = await Promise.all(
      Object.values(formats).map((write) => write(picture(50, 33)).toBuffer()),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...pictures),
        fc.nat(400),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
        (bytes, length, changes) => {
          const garbled = Uint8Array.from(bytes.subarray(0, length));
          for (const [at, value] of changes) if (at < garbled.length) garbled[at] = value;
          const size = pictureSize(url(garbled));
          expect(size === undefined || (size.width > 0 && size.height > 0)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.string(), (text) => pictureSize(`data:image/png;base64,${text}`) === undefined));
  });
});
