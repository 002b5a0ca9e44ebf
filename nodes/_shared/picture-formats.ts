/** The pictures that are taken in, wherever they come from: one list and one limit for the page and the command line. */
/* oxlint-disable no-control-regex -- the first bytes of files */
import { LoomError } from '@/engine/types';

/** Every format by its name in files, with its media type and usual endings. */
export const pictureFormats = {
  png: { name: 'PNG', mime: 'image/png', endings: ['.png'] },
  jpeg: { name: 'JPEG', mime: 'image/jpeg', endings: ['.jpg', '.jpeg'] },
  webp: { name: 'WebP', mime: 'image/webp', endings: ['.webp'] },
  avif: { name: 'AVIF', mime: 'image/avif', endings: ['.avif'] },
  gif: { name: 'GIF', mime: 'image/gif', endings: ['.gif'] },
  bmp: { name: 'BMP', mime: 'image/bmp', endings: ['.bmp'] },
  tiff: { name: 'TIFF', mime: 'image/tiff', endings: ['.tif', '.tiff'] },
} as const satisfies Record<string, { name: string; mime: string; endings: readonly string[] }>;

export type PictureFormat = keyof typeof pictureFormats;
export type PictureMime = (typeof pictureFormats)[PictureFormat]['mime'];

/** For a file dialog: media types and endings. */
export const pictureAccept: string = Object.values(pictureFormats)
  .flatMap(({ mime, endings }) => [mime, ...endings])
  .join(',');

/** The formats in one sentence. */
export const pictureNames = 'PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF';

/** The largest file of a picture, in bytes. A document holds it as base64, a third longer. */
export const maxPictureBytes = 16 * 2 ** 20;

/** What a file says of itself in its first bytes; all that is not a picture of ours has no entry. */
const magic: readonly (readonly [PictureFormat, RegExp])[] = [
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['jpeg', /^\xff\xd8\xff/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['gif', /^GIF8[79]a/],
  // The two reserved words are zero and the header is one of those that exist.
  ['bmp', /^BM[^]{4}\0{4}[^]{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0{3}/],
  ['avif', /^\0\0\0[\x10-\x40]ftyp(avif|avis|mif1[^]{4}([^]{4})*avif)/],
  ['tiff', /^(II\*\0|MM\0\*|II\+\0|MM\0\+)/],
];

/** What people try that is no picture of ours, with what to do about it. */
const refused: readonly (readonly [test: RegExp, message: string, fix: string])[] = [
  [
    /^(\xef\xbb\xbf)?\s*(<\?xml[^]*?<svg|<!--[^]*?<svg|<!doctype svg|<svg)/i,
    'An SVG is a drawing, not a picture of pixels.',
    'Save it as PNG in the program that made it.',
  ],
  [
    /^\0\0\0[^]ftyp(hei[cxms]|hev[cx]|mif1|msf1)/,
    'HEIC pictures cannot be read here.',
    'Save it as JPEG or PNG; phones can send photos as "most compatible".',
  ],
  [/^\0\0\0\x0cJXL |^\xff\x0a/, 'JPEG XL pictures cannot be read here.', 'Save it as PNG or JPEG.'],
  [/^8BPS/, 'Photoshop documents cannot be read here.', 'Save it as PNG or JPEG.'],
];

/** The first bytes as text, one character a byte. */
const headOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 512));

/** The format that the first bytes name; undefined for everything that is not taken in. */
export function pictureFormat(bytes: Uint8Array): PictureFormat | undefined {
  const head = headOf(bytes);
  return magic.find(([, test]) => test.test(head))?.[0];
}

/** Why these bytes are no picture that is taken in, as an error to throw. */
export function notAPicture(bytes: Uint8Array): LoomError {
  const head = headOf(bytes);
  const [, message, fix] = refused.find(([test]) => test.test(head)) ?? [];
  return message === undefined
    ? new LoomError('bad-input', `The file is not a picture that can be read (${pictureNames}).`)
    : new LoomError('unsupported', message, {}, { fix });
}

/**
 * The format of a file that is to become a picture.
 * @throws LoomError `unsupported` or `bad-input` for what is none, `too-large` beyond {@link maxPictureBytes}
 */
export function checkPicture(bytes: Uint8Array): PictureFormat {
  const format = pictureFormat(bytes);
  if (format === undefined) throw notAPicture(bytes);
  checkPictureBytes(bytes.length);
  return format;
}

/** Throws `too-large` for a file of more than {@link maxPictureBytes}: known before a byte is read. */
export function checkPictureBytes(size: number): void {
  if (size <= maxPictureBytes) return;
  throw new LoomError(
    'too-large',
    `The picture's file has ${(size / 2 ** 20).toFixed(1)} MiB; at most ${maxPictureBytes / 2 ** 20} MiB are taken.`,
    {},
    { fix: 'Save it smaller, or as JPEG or WebP.', details: { size, limit: maxPictureBytes } },
  );
}
