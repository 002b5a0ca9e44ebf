/** Maps of labels: a PNG whose pixel values are indices. */
import { LoomError } from '@/engine/types';
import { decodeRaster } from '../png/png-image';

/**
 * The raw pixel values of an 8-bit palette or grey PNG.
 * @throws LoomError `bad-input` for any other picture, and as {@link decodeRaster}
 */
export function decodeIndices(bytes: Uint8Array): { width: number; height: number; indices: Uint8Array } {
  const { width, height, channels, data } = decodeRaster(bytes);
  if (channels !== 1)
    throw new LoomError(
      'bad-input',
      'A map must be a PNG with a palette or in grey: its pixel values are label indices.',
    );
  return { width, height, indices: data };
}
