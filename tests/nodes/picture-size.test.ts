/** The size read from a picture's header is the size of the picture that is decoded, or none. */
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

  it('is not said where decoders differ: a turned PNG or WebP', async () => {
    for (const write of [formats.png, formats['lossy WebP']]) {
      const bytes = await write(picture(50, 33).withMetadata({ orientation: 6 })).toBuffer();
      expect((await sharp(bytes).metadata()).orientation).toBe(6);
      expect(pictureSize(url(bytes))).toBeUndefined();
    }
    const upright = await picture(50, 33).withMetadata({ orientation: 1 }).png().toBuffer();
    expect(pictureSize(url(upright))).toEqual({ width: 50, height: 33 });
  });

  it('is not said of what is no picture, or of a file elsewhere', () => {
    for (const source of [
      null,
      'f'.repeat(64),
      'data:,x',
      'data:image/png;base64,',
      'data:image/gif;base64,R0lGODlh',
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
