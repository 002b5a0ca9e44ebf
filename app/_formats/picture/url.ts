/** Pictures between files and the data URLs that a document keeps. */
import { checkPicture, pictureFormats } from '@/nodes/_shared/picture-formats';
import { pictureSize } from '@/nodes/_shared/picture-size';
import { checkSize, maxPixels } from '@/nodes/_shared/pixels';
import { toBase64 } from '../base64';

/**
 * A picture's file as the data URL that parameters take, whichever way it came in.
 * @throws LoomError `unsupported` or `bad-input` for what is no picture, `too-large` by its bytes or by the size in its header
 */
export function pictureUrl(bytes: Uint8Array): string {
  const format = checkPicture(bytes);
  const url = `data:${pictureFormats[format].mime};base64,${toBase64(bytes)}`;
  const size = pictureSize(url);
  if (size !== undefined) checkSize(size.width, size.height, 'source');
  return url;
}

/**
 * A parameter's value as the address of a picture that the page may show: a data URL of a format that browsers draw,
 * of a size that is taken in. Null for everything else: an address elsewhere, an SVG, a bomb, a TIFF.
 */
export function shownPicture(source: unknown): string | null {
  if (typeof source !== 'string' || !/^data:image\/(png|jpeg|webp|avif|gif|bmp);base64,/.test(source))
    return null;
  let fits = judged.get(source);
  if (fits === undefined) {
    const size = pictureSize(source);
    fits = size !== undefined && size.width * size.height <= maxPixels;
    if (judged.size >= 64) judged.clear();
    judged.set(source, fits);
  }
  return fits ? source : null;
}

/** Asked again with every frame of a drag: headers are read once. */
const judged = new Map<string, boolean>();
