/** Where package files come from. Paths are `<package id>/<file>`. */
import { LoomError } from '@/engine/types';

/** The bytes of one file, as they arrive. */
export interface FileStream {
  /** As announced, if it was. */
  readonly size?: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface FileSource {
  /** Throws `file-missing` or `network`; an abort rejects with the signal's reason. */
  open(path: string, signal: AbortSignal): Promise<FileStream>;
}

/** Files below a URL, e.g. `/models/`. Nothing is sent to other places than that one. */
export function createFetchFiles({ base }: { readonly base: string }): FileSource {
  const root = base.endsWith('/') ? base : `${base}/`;
  return {
    async open(path, signal) {
      const url = root + path;
      let response: Response;
      try {
        response = await fetch(url, { signal, credentials: 'same-origin' });
      } catch (thrown) {
        signal.throwIfAborted();
        throw offline(path, url, thrown);
      }
      if (response.status === 404 || response.status === 410) throw missing(path, url);
      if (!response.ok || response.body === null)
        throw new LoomError(
          'network',
          `${url} answered ${response.status}.`,
          { file: path },
          {
            fix: 'Try again; if it stays, look at the server.',
          },
        );
      // The length of a compressed body is not that of the file.
      const length =
        response.headers.get('content-encoding') === null ? response.headers.get('content-length') : null;
      return {
        ...(length === null ? {} : { size: Number(length) }),
        chunks: pieces(response.body, path, url, signal),
      };
    },
  };
}

async function* pieces(
  body: ReadableStream<Uint8Array>,
  path: string,
  url: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((thrown: unknown) => {
        signal.throwIfAborted();
        throw offline(path, url, thrown);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Said where a file does not exist. */
export function missing(path: string, where: string): LoomError {
  return new LoomError(
    'file-missing',
    `The file ${path} is missing (looked for ${where}).`,
    { file: path },
    {
      fix: 'Put the whole package folder back, e.g. with `git checkout models` or by fetching it again.',
      details: { file: path },
    },
  );
}

function offline(path: string, url: string, cause: unknown): LoomError {
  return new LoomError(
    'network',
    `${url} could not be fetched.`,
    { file: path },
    {
      fix: 'Check the connection and try again; what was loaded before is kept.',
      details: { file: path },
      cause,
    },
  );
}
