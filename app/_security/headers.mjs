/**
 * The headers that every response carries, in one place: the server (next.config.js), the tests and docs/headers.md.
 * A document may come from anybody; the policy makes it impossible that opening one asks another host for anything.
 */

/**
 * Hosts beside this one that the page may fetch from. The one place to open: what a person names (a hub of models)
 * goes here, and nothing that a document names ever does.
 * @type {readonly string[]}
 */
export const connectHosts = [];

/** @param {Record<string, readonly string[]>} directives */
const policy = (directives) =>
  Object.entries(directives)
    .map(([name, values]) => [name, ...values].join(' '))
    .join('; ');

/** For the page and everything it loads. */
export const pagePolicy = policy({
  'default-src': ["'self'"],
  // No inline script (app/_offline/build.mjs moves Next's into files) and no eval: WebAssembly only.
  // Blobs: node packs that the person picked; only a running script of ours can make such an address.
  'script-src': ["'self'", 'blob:', "'wasm-unsafe-eval'"],
  // React writes style attributes, the notices a style element; with the lists below neither can fetch anything.
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'blob:', 'data:'],
  'worker-src': ["'self'", 'blob:'],
  'connect-src': ["'self'", ...connectHosts],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
});

/** For the worker that decodes pictures: libvips makes its bindings with `new Function`, so it is kept apart. */
export const decoderPolicy = policy({
  'default-src': ["'none'"],
  'script-src': ["'self'", "'unsafe-eval'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'"],
  'connect-src': ["'self'"],
});

/**
 * Cross-origin isolation gives WebAssembly its threads (SharedArrayBuffer); every response carries it, so that
 * workers and their scripts qualify too.
 * @type {Readonly<Record<string, string>>}
 */
export const everyResponse = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

/**
 * The headers of one path.
 * @param {string} path as in the address, e.g. `/vips/decode.js`
 * @returns {Record<string, string>}
 */
export const headersOf = (path) => ({
  ...everyResponse,
  'Content-Security-Policy': path.startsWith('/vips/') ? decoderPolicy : pagePolicy,
});
