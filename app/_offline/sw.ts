/// <reference lib="webworker" />
/**
 * Keeps the page working offline once it was loaded: the build's files are
 * precached; onnxruntime's wasm and templates are kept when first fetched.
 * Model files are not its business: the loader caches them verified.
 */
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst, NetworkFirst } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope;
/** Put in by build.mjs. */
declare const MANIFEST: PrecacheEntry[];
declare const VERSION: string;

void self.skipWaiting();
clientsClaim();
cleanupOutdatedCaches();
precacheAndRoute(MANIFEST, { ignoreURLParametersMatching: [/.*/] });

const local = (url: URL): boolean => url.origin === self.location.origin;
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
