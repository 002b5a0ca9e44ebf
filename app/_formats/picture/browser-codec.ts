/** The browser's picture codec: a worker that is started by the first picture and ended when none comes any more. */
import { LoomError, type ImageCodec } from '@/engine/types';
import type { Picture } from '@/nodes/_shared/pixels';
import { decodeIndices } from './indices';
import { decodeReplySchema } from './protocol';

/** The worker holds 256 MB of WebAssembly memory: kept for the next picture of a batch, not for the day. */
const idleMs = 20_000;

interface Waiting {
  readonly resolve: (picture: Picture) => void;
  readonly reject: (error: LoomError) => void;
}

/**
 * @param base the page's address; the decoder's files lie below it in `vips/`
 * @param idle milliseconds without a picture after which the worker is ended
 */
export function createPictureCodec(base: string, idle = idleMs): ImageCodec & { dispose(): void } {
  let worker: Worker | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next = 0;
  const waiting = new Map<number, Waiting>();

  const end = (error: LoomError): void => {
    clearTimeout(timer);
    worker?.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const start = (): Worker => {
    if (!globalThis.crossOriginIsolated)
      throw new LoomError(
        'unsupported',
        'Pictures cannot be read here: the page is served without cross-origin isolation.',
        {},
        { fix: 'Serve it with the headers that docs/headers.md lists.' },
      );
    const started = new Worker(new URL('vips/decode.js', base), { type: 'module', name: 'pictures' });
    started.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const reply = decodeReplySchema.safeParse(data);
      if (!reply.success) {
        end(
          new LoomError('internal', `The picture decoder answered in no known way: ${reply.error.message}`),
        );
        return;
      }
      const { id, result } = reply.data;
      const asked = waiting.get(id);
      waiting.delete(id);
      if ('code' in result)
        asked?.reject(
          new LoomError(result.code, result.message, {}, result.fix === undefined ? {} : { fix: result.fix }),
        );
      else asked?.resolve(result);
      if (waiting.size === 0)
        timer = setTimeout(() => end(new LoomError('cancelled', 'The decoder was ended.')), idle);
    });
    started.addEventListener('error', ({ message }) =>
      end(
        new LoomError(
          'network',
          `The picture decoder could not be started${message ? `: ${message}` : '.'}`,
          {},
          {
            fix: 'Run again; if it stays, reload the page.',
          },
        ),
      ),
    );
    return started;
  };

  return {
    decode: (bytes) =>
      new Promise((resolve, reject) => {
        clearTimeout(timer);
        worker ??= start();
        const id = next++;
        waiting.set(id, { resolve, reject });
        const copy = bytes.slice();
        worker.postMessage({ id, bytes: copy }, [copy.buffer]);
      }),
    decodeIndices: (bytes) => Promise.resolve().then(() => decodeIndices(bytes)),
    dispose: () => end(new LoomError('cancelled', 'The engine was stopped.')),
  };
}
