/// <reference lib="webworker" />
/**
 * Keeps the page working offline once it was loaded: the build's files are
 * precached; onnxruntime's wasm, the picture decoder and templates are kept
 * when first fetched. Model files are not its business: the loader caches them
 * verified.
 *
 * A new build waits while any tab of the old one is open, so that old pages
 * still find the files that they fetch late; it takes over when the last one
 * is closed or reloaded.
 */
import { clientsClaim } from 'workbox-core';
import {
  addRoute,
  cleanupOutdatedCaches,
  matchPrecache,
  precache,
  type PrecacheEntry,
} from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { NetworkFirst } from 'workbox-strategies';
import { verified, type Hashes } from './verified';

declare const self: ServiceWorkerGlobalScope;
/** Put in by build.mjs. */
declare const MANIFEST: PrecacheEntry[];
declare const HASHES: Hashes;
/** Of all hashes: names the store of what they verify. */
declare const VERSION: string;

clientsClaim();
cleanupOutdatedCaches();
precache(MANIFEST);

const takeOver = 'take-over';
self.addEventListener('message', ({ data }) => {
  if (data === takeOver) void self.skipWaiting();
});

const local = (url: URL): boolean => url.origin === self.location.origin;
// The last tab of this build is reloaded while the next build waits: it takes over, and the page is asked for again.
registerRoute(
  ({ request }) => request.mode === 'navigate' && self.registration.waiting !== null,
  async ({ request }) => {
    const { waiting } = self.registration;
    const tabs = await self.clients.matchAll({ type: 'window' });
    if (waiting === null || tabs.length > 1)
      return (await matchPrecache(new URL(request.url).pathname)) ?? fetch(request);
    waiting.postMessage(takeOver);
    return new Response('', { headers: { refresh: '0', 'content-type': 'text/html' } });
  },
);
// The bundler hands a worker its settings in the fragment of its address. A stored
// response brings its own address, without one; a made one leaves the request's.
registerRoute(
  // onnxruntime's threads are workers too, but have no such settings: they come from their own store below.
  ({ request, url }) => local(url) && request.destination === 'worker' && url.pathname.startsWith('/_next/'),
  async ({ request, url }) => {
    const found = (await matchPrecache(url.pathname)) ?? (await fetch(request));
    return new Response(found.body, { status: found.status, headers: found.headers });
  },
);
addRoute({ ignoreURLParametersMatching: [/.*/] });
// Large and needed for running only: kept by the first fetch.
const verifiedStore = `loom-verified-${VERSION}`;
registerRoute(
  ({ url }) => local(url) && /^\/(ort|vips)\//.test(url.pathname),
  async ({ url }) => verified(url.pathname, HASHES, await caches.open(verifiedStore), (path) => fetch(path)),
);
registerRoute(
  ({ url }) =>
    local(url) &&
    (/^\/models\/(index\.json|[^/]+\/manifest\.json)$/.test(url.pathname) ||
      url.pathname.startsWith('/templates/')),
  new NetworkFirst({ cacheName: 'loom-data', networkTimeoutSeconds: 4 }),
);
self.addEventListener('activate', (event) => {
  // Another build's, and those of versions that did not verify.
  const outdated = (name: string): boolean => /^loom-(ort|verified)-/.test(name) && name !== verifiedStore;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(outdated).map((name) => caches.delete(name)))),
  );
});
