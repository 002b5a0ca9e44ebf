/** Painted maps and masks as PNGs: what a parameter holds (data URL) and what people import. DOM-free. */
import { LoomError, type LabelSet } from '@/engine/types';
import { parseColor } from '../_snapshots/views';
import { fromBase64, toBase64 } from '../_formats/base64';
import { decodeRaster, encodeRaster } from '../_formats/png/png-image';
import type { Raster } from './raster';

/** A map as an 8-bit palette PNG whose pixel values are the label indices; the palette has the labels' colours. */
export const encodeMap = ({ width, height, data }: Raster, labels: LabelSet): Uint8Array<ArrayBuffer> =>
  encodeRaster({
    width,
    height,
    channels: 1,
    data,
    palette: labels.labels.map(({ color }) => parseColor(color)),
  });

/** A mask as an 8-bit grey PNG, 255 = regenerate. */
export const encodeMask = ({ width, height, data }: Raster): Uint8Array<ArrayBuffer> =>
  encodeRaster({ width, height, channels: 1, data });

/**
 * A PNG as a map of labels. Palette and grey PNGs hold indices; colour PNGs are
 * understood where every colour is that of a label (by eye: within 12 of 255 a channel).
 * @throws LoomError `bad-input` when an index or colour belongs to no label, and as decodeRaster
 */
export function decodeMap(png: Uint8Array, labels: LabelSet): Raster {
  const { width, height, channels, data } = decodeRaster(png);
  const count = labels.labels.length;
  if (channels === 1) {
    const beyond = data.reduce((most, index) => Math.max(most, index), 0);
    if (beyond >= count)
      throw new LoomError(
        'bad-input',
        `The map uses label ${beyond}; there are ${count}, from 0 to ${count - 1}.`,
        {},
        {
          fix: 'Choose a picture whose pixel values are label indices.',
          details: { got: beyond, want: count },
        },
      );
    return { width, height, data };
  }
  if (channels === 2)
    throw new LoomError('bad-input', 'A grey picture with transparency is no map of labels.');
  const colors = labels.labels.map(({ color }) => parseColor(color));
  const indices = new Uint8Array(width * height);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    const at = pixel * channels;
    const found = colors.findIndex((color) =>
      color.every((want, c) => Math.abs(want - (data[at + c] ?? 0)) <= 12),
    );
    if (found < 0) {
      const hex = [0, 1, 2].map((c) => (data[at + c] ?? 0).toString(16).padStart(2, '0')).join('');
      throw new LoomError(
        'bad-input',
        `The picture has the colour #${hex}, which belongs to no label.`,
        {},
        {
          fix: 'Choose an indexed PNG, or one painted in the colours of the labels.',
          details: { got: `#${hex}` },
        },
      );
    }
    indices[pixel] = found;
  }
  return { width, height, data: indices };
}

/** A grey mask (or the first channel of a colour one); an alpha channel counts where the picture is all one colour. @throws LoomError as decodeRaster */
export function decodeMask(png: Uint8Array): Raster {
  const { width, height, channels, data, palette } = decodeRaster(png);
  const mask = new Uint8Array(width * height);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const value = data[pixel * channels] ?? 0;
    mask[pixel] = palette ? (palette[value]?.[0] ?? 0) : value;
  }
  if ((channels === 4 || channels === 2) && mask.every((value) => value === mask[0]))
    for (let pixel = 0; pixel < mask.length; pixel++)
      mask[pixel] = data[pixel * channels + channels - 1] ?? 0;
  return { width, height, data: mask };
}

/** PNG bytes as a data URL. */
export const toDataUrl = (png: Uint8Array): string => `data:image/png;base64,${toBase64(png)}`;

/** The bytes of a base64 PNG data URL. @throws LoomError `bad-input` for anything else */
export function fromDataUrl(url: string): Uint8Array<ArrayBuffer> {
  const text = /^data:image\/png;base64,(.*)$/s.exec(url)?.[1];
  const bytes = text === undefined ? undefined : fromBase64(text);
  if (bytes === undefined) throw new LoomError('bad-input', 'The painting is not stored as a PNG data URL.');
  return bytes;
}
