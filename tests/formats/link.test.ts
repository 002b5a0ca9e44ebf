import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { deflateSync } from 'fflate';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyDocument, LoomError, parseDocument, serialise } from '@/engine';
import { fromBase64Url, toBase64Url } from '@/app/_formats/base64';
import { hasLink } from '@/app/_formats/link/has-link';
import { linkLimit, makeLink, readLink } from '@/app/_formats/link/link';
import { dictionary1 } from '@/app/_formats/link/link-dictionary';
import { anyDocument, sample } from './documents';

const page = 'https://loom.example/edit?x=1#old';
const link = (document = sample) => {
  const made = makeLink(document, page);
  if (!made.ok) throw new Error('too long');
  return made;
};
const codeOf = (address: string): string => {
  try {
    readLink(address);
  } catch (error) {
    if (error instanceof LoomError) return error.code;
    throw error;
  }
  return 'no error';
};

describe('links', () => {
  it('open what was shared, and only need the fragment', () => {
    const { url } = link();
    expect(url.startsWith('https://loom.example/edit#loom=1.')).toBe(true);
    for (const address of [url, new URL(url).hash, `${url}\n`, `${url}).`, `(see ${url})`, `${url}%20`]) {
      const found = readLink(address);
      expect([address, found && serialise(found.document)]).toEqual([address, serialise(sample)]);
    }
    expect(hasLink(url)).toBe(true);
    expect(readLink('https://loom.example/#other')).toBeUndefined();
  });

  it('open for any document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const made = makeLink(document, page);
        if (!made.ok) return;
        const found = readLink(made.url);
        expect(found && serialise(found.document)).toBe(serialise(document));
      }),
      { numRuns: 300 },
    );
  });

  it('say clearly when the document does not fit, and which nodes are to blame', () => {
    // No compressor makes less of random letters.
    const noise = Array.from(
      { length: 49_000 },
      (_, i) => createHash('md5').update(String(i)).digest('base64')[0],
    ).join('');
    const big = parseDocument({
      ...emptyDocument(),
      nodes: {
        small: { type: 'conditioning/text' },
        map: { type: 'image/semantic-map', params: { map: noise } },
      },
    }).document;
    const made = makeLink(big, page);
    expect(made).toMatchObject({ ok: false, reason: 'too-long', limit: linkLimit });
    if (made.ok) return;
    expect(made.length).toBeGreaterThan(linkLimit);
    expect(made.heaviest[0]?.node).toBe('map');
  });

  it('say that they were cut or changed, at every position', () => {
    const { url } = link();
    const start = url.indexOf('1.') + 2;
    for (let end = start; end < url.length; end++)
      expect(['file-truncated', 'file-damaged']).toContain(codeOf(url.slice(0, end)));
    for (let at = start; at < url.length; at++) {
      const other = url[at] === 'A' ? 'B' : 'A';
      const changed = url.slice(0, at) + other + url.slice(at + 1);
      const code = codeOf(changed);
      // The last bits of the last bytes may mean nothing; then nothing may have changed.
      const harmless =
        code === 'no error' &&
        serialise(readLink(changed)?.document ?? emptyDocument()) === serialise(sample);
      expect(['file-truncated', 'file-damaged', 'too-large', ...(harmless ? [code] : [])]).toContain(code);
    }
  });

  it('refuse bombs, newer formats and endless fragments', () => {
    const bomb = toBase64Url(
      new Uint8Array([0, 0, 0, 0, ...deflateSync(new Uint8Array(12 << 20), { level: 6 })]),
    );
    expect(bomb.length).toBeLessThan(4 * linkLimit);
    expect(codeOf(`#loom=1.${bomb}`)).toBe('too-large');
    expect(codeOf('#loom=2.AAAA')).toBe('unsupported');
    expect(codeOf(`#loom=1.${'A'.repeat(10_000_000)}`)).toBe('too-large');
    expect(codeOf('#loom=1.')).toBe('file-truncated');
  });

  it('the dictionary of format 1 never changes', () => {
    expect(createHash('sha256').update(dictionary1).digest('hex')).toBe(
      readFileSync(new URL('dictionary1.sha256', import.meta.url), 'utf8').trim(),
    );
  });

  it('links made by the first release open', () => {
    const frozen = readFileSync(new URL('link-v1.txt', import.meta.url), 'utf8').trim();
    const found = readLink(frozen);
    expect(found && serialise(found.document)).toBe(serialise(sample));
  });
});

describe('base64url', () => {
  it('is Node’s', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64Url(text)).toEqual(new Uint8Array(bytes));
      }),
    );
    expect(fromBase64Url('a')).toBeUndefined();
    expect(fromBase64Url('a+b=')).toBeUndefined();
  });
});
