/** The headers that are sent are the headers that the docs list. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  connectHosts,
  decoderPolicy,
  everyResponse,
  headersOf,
  pagePolicy,
} from '@/app/_security/headers.mjs';

describe('the headers', () => {
  it('are listed in the docs, word for word', () => {
    const docs = readFileSync(new URL('../../docs/headers.md', import.meta.url), 'utf8');
    for (const [name, value] of Object.entries(everyResponse)) {
      expect(docs).toContain(`\`${name}\``);
      expect(docs).toContain(`\`${value}\``);
    }
    for (const policy of [pagePolicy, decoderPolicy]) expect(docs).toContain(`\`${policy}\``);
  });
  it('let no inline script, no eval, no other host and no frame in', () => {
    const page = headersOf('/')['Content-Security-Policy'] ?? '';
    expect(connectHosts).toEqual([]);
    expect(page).toContain("default-src 'self'");
    expect(page).toMatch(/script-src 'self' blob: 'wasm-unsafe-eval'(;|$)/);
    expect(page).toMatch(/connect-src 'self'(;|$)/);
    expect(page).toContain("frame-ancestors 'none'");
    expect(page).toContain("object-src 'none'");
    expect(headersOf('/vips/decode.js')['Content-Security-Policy']).toBe(decoderPolicy);
  });
});
