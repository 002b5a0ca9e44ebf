/** Large files of the build (onnxruntime, the picture decoder), kept only when they are what the build put there. */

/** Path → SHA-256 (hex) of the file. */
export type Hashes = Readonly<Record<string, string>>;

interface Store {
  match(request: string): Promise<Response | undefined>;
  put(request: string, response: Response): Promise<void>;
}

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * The file at `path`: from the store, else from the network, and then kept. What the network answers is compared with
 * the hash of the build first: a page of a proxy, a file cut short or one of another build is handed on as an error
 * and never kept, so that the next try asks again.
 * @param store named by the hashes, so that another build never finds this one's files
 */
export async function verified(
  path: string,
  hashes: Hashes,
  store: Store,
  ask: (path: string) => Promise<Response>,
): Promise<Response> {
  const kept = await store.match(path);
  if (kept !== undefined) return kept;
  const answer = await ask(path);
  const want = Object.hasOwn(hashes, path) ? hashes[path] : undefined;
  // Nothing of ours: the server says what it is.
  if (want === undefined || !answer.ok) return answer;
  const bytes = await answer.arrayBuffer();
  const got = hex(await crypto.subtle.digest('SHA-256', bytes));
  if (got !== want)
    return new Response(`${path} is not the file that this build needs.`, {
      status: 502,
      statusText: 'Damaged file',
      headers: { 'content-type': 'text/plain' },
    });
  const whole = new Response(bytes, { status: 200, headers: answer.headers });
  // A full disk keeps nothing and breaks nothing.
  await store.put(path, whole.clone()).catch(() => undefined);
  return whole;
}
