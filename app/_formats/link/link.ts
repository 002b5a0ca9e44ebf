/**
 * Sharing with no server: the document, compressed, in the fragment of a link.
 * Browsers never send the fragment, so nobody but the reader sees the graph.
 *
 *   #loom=1.<base64url of: CRC-32 of the text, big endian · raw deflate of the canonical JSON>
 *
 * Deflate starts from {@link dictionary1}, which is part of format 1 for ever.
 */
import { deflateSync } from 'fflate';
import { LoomError, serialise, type DocumentNotice, type LoomDocument } from '@/engine';
import { fromBase64Url, toBase64Url } from '../base64';
import { crc32 } from '../crc32';
import { inflateLimited } from '../inflate';
import { dictionary1 } from './link-dictionary';
import { parseText } from '../parse-text';

/** Characters of a link that browsers and most mail and chat programs still carry. */
export const linkLimit = 32_000;
/** Beyond this some chat programs cut messages (Discord: 2,000 characters). */
export const linkComfort = 2_000;
/** Most bytes a link may unpack to. */
const unpackLimit = 8 << 20;
const prefix = 'loom=1.';

export type MadeLink =
  | { readonly ok: true; readonly url: string; readonly length: number; readonly comfortable: boolean }
  | {
      readonly ok: false;
      readonly reason: 'too-long';
      readonly length: number;
      readonly limit: number;
      /** The nodes that hold most of it (pictures, painted maps), heaviest first, in bytes of JSON. */
      readonly heaviest: readonly { readonly node: string; readonly bytes: number }[];
    };

/**
 * A link that opens the document.
 * @param base the page's address; its own fragment and query are dropped
 */
export function makeLink(document: LoomDocument, base: string): MadeLink {
  // The canonical text without its line breaks.
  const text = new TextEncoder().encode(JSON.stringify(JSON.parse(serialise(document))));
  const packed = deflateSync(text, { level: 9, dictionary: dictionary1 });
  const bytes = new Uint8Array(4 + packed.length);
  new DataView(bytes.buffer).setUint32(0, crc32(text));
  bytes.set(packed, 4);
  const address = new URL(base);
  address.search = '';
  address.hash = prefix + toBase64Url(bytes);
  const url = address.href;
  if (url.length <= linkLimit)
    return { ok: true, url, length: url.length, comfortable: url.length <= linkComfort };
  const heaviest = Object.entries(document.nodes)
    .map(([node, { params }]) => ({ node, bytes: JSON.stringify(params).length }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3);
  return { ok: false, reason: 'too-long', length: url.length, limit: linkLimit, heaviest };
}

/**
 * The document in a link's fragment; undefined when there is none.
 * @throws LoomError `file-truncated` (a program cut the link), `file-damaged`, `too-large`, `unsupported` (a newer format), `invalid-document`
 */
export function readLink(
  address: string,
): { readonly document: LoomDocument; readonly notices: readonly DocumentNotice[] } | undefined {
  const fragment = /#(loom=.*)$/s.exec(address)?.[1]?.trim();
  if (fragment === undefined) return undefined;
  const place = { file: 'link' };
  if (!fragment.startsWith(prefix))
    throw new LoomError('unsupported', 'This link was made by a newer version of Latent Loom.', place, {
      fix: 'Ask for the graph as a file, or update.',
    });
  if (fragment.length > 4 * linkLimit)
    throw new LoomError('too-large', 'This link is longer than any that Latent Loom makes.', place, {
      details: { size: fragment.length, limit: 4 * linkLimit },
    });
  // Some programs percent-encode or append punctuation; neither belongs to the alphabet.
  const bytes = fromBase64Url(fragment.slice(prefix.length).replace(/[).,>\]}"'!?;:%].*$/s, ''));
  if (bytes === undefined || bytes.length < 5)
    throw new LoomError(
      'file-truncated',
      'This link is not complete: a program has cut or changed it.',
      place,
      {
        fix: 'Copy the whole link again, or ask for the graph as a file.',
      },
    );
  const text = inflateLimited(bytes.subarray(4), unpackLimit, 'raw', place, dictionary1);
  if (crc32(text) !== new DataView(bytes.buffer).getUint32(0))
    throw new LoomError('file-damaged', 'This link was changed on its way.', place, {
      fix: 'Copy the whole link again, or ask for the graph as a file.',
    });
  return parseText(new TextDecoder().decode(text));
}
