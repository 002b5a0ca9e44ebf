/// <reference lib="webworker" />
/**
 * Keeps the page working offline once it was loaded: the build's files are
 * precached; onnxruntime's wasm and templates are kept when first fetched.
 * Model files are not its business: the loader caches them verified.
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
import { CacheFirst, NetworkFirst } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope;
/** Put in by build.mjs. */
declare const MANIFEST: PrecacheEntry[];
declare const VERSION: string;

void self.skipWaiting();
clientsClaim();
cleanupOutdatedCaches();
precache(MANIFEST);

const local = (url: URL): boolean => url.origin === self.location.origin;
// The bundler hands a worker its settings in the fragment of its address. A stored
// response brings its own address, without one; a made one leaves the request's.
registerRoute(
  // onnxruntime's threads are workers too, but have no such settings: they come from its own store below.
  ({ request, url }) => local(url) && request.destination === 'worker' && url.pathname.startsWith('/_next/'),
  async ({ request, url }) => {
    const found = (await matchPrecache(url.pathname)) ?? (await fetch(request));
    return new Response(found.body, { status: found.status, headers: found.headers });
  },
);
addRoute({ ignoreURLParametersMatching: [/.*/] });
// Large and needed for running only: kept by the first fetch, dropped with the next build.
registerRoute(
  ({ url }) => local(url) && url.pathname.startsWith('/ort/'),
  new CacheFirst({ cacheName: `loom-ort-${VERSION}` }),
);
registerRoute(
  ({ url }) =>
    local(url) &&
    (/^\/models\/(index\.json|[^/]+\/manifest\.json)$/.test(url.pathname) ||
      url.pathname.startsWith('/templates/')),
  new NetworkFirst({ cacheName: 'loom-data', networkTimeoutSeconds: 4 }),
);
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('loom-ort-') && name !== `loom-ort-${VERSION}`)
            .map((name) => caches.delete(name)),
        ),
      ),
  );
});
