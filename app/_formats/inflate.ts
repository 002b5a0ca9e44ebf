/** Decompression that stops at a limit: a bomb costs its limit, not its size. */
import { Inflate, Unzlib } from 'fflate';
import { LoomError, toLoomError, type ErrorPlace } from '@/engine/types';

/** Deflate makes at most 1032 bytes of one: each slice of input can add 4 MiB before it is counted. */
const slice = 4096;

/**
 * Inflates `bytes` to at most `limit` bytes.
 * @param wrapper `zlib` (RFC 1950) or `raw` deflate (RFC 1951)
 * @throws LoomError `too-large` beyond the limit, `file-truncated` when the stream has no end, `file-damaged` otherwise
 */
export function inflateLimited(
  bytes: Uint8Array,
  limit: number,
  wrapper: 'zlib' | 'raw',
  place: ErrorPlace = {},
  dictionary?: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const take = (part: Uint8Array, final: boolean): void => {
    size += part.length;
    ended ||= final;
    if (size > limit)
      throw new LoomError('too-large', `The compressed data unpacks to more than ${limit} bytes.`, place, {
        details: { limit },
      });
    parts.push(part);
  };
  const stream = wrapper === 'zlib' ? new Unzlib(take) : new Inflate(dictionary ? { dictionary } : {}, take);
  try {
    for (let at = 0; at < bytes.length || at === 0; at += slice)
      stream.push(bytes.slice(at, at + slice), at + slice >= bytes.length);
  } catch (thrown) {
    if (thrown instanceof LoomError) throw thrown;
    const error = toLoomError(thrown);
    const code = error.message === 'unexpected EOF' ? 'file-truncated' : 'file-damaged';
    throw new LoomError(
      code,
      code === 'file-truncated' ? 'The compressed data ends too early.' : 'The compressed data is damaged.',
      place,
      { cause: thrown },
    );
  }
  if (!ended) throw new LoomError('file-truncated', 'The compressed data ends too early.', place);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
