/** Verified files, kept by their content so that a second visit fetches nothing. */

export interface FileCache {
  get(sha256: string): Promise<Uint8Array | undefined>;
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  delete(sha256: string): Promise<void>;
}

const CACHE_NAME = 'loom-model-files-1';
const cache = () => caches.open(CACHE_NAME);
const address = (sha256: string) => `/loom-model-files/${sha256}`;

/** The browser's Cache Storage; undefined where there is none (insecure pages, private windows of some browsers). */
export function createBrowserCache(): FileCache | undefined {
  if (typeof caches === 'undefined') return undefined;
  return {
    async get(sha256) {
      const hit = await (await cache()).match(address(sha256));
      return hit === undefined ? undefined : new Uint8Array(await hit.arrayBuffer());
    },
    async put(sha256, bytes) {
      await (
        await cache()
      ).put(
        address(sha256),
        new Response(new Blob([bytes.slice()]), { headers: { 'content-type': 'application/octet-stream' } }),
      );
    },
    async delete(sha256) {
      await (await cache()).delete(address(sha256));
    },
  };
}
