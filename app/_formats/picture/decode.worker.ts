/// <reference lib="webworker" />
/**
 * Decodes pictures in a worker of its own, at /vips/: libvips makes its bindings with `new Function`, which this
 * worker's content security policy allows and the page's does not. It has no network beyond its own folder, and what
 * a crafted picture brings down is this worker alone.
 */
import { toLoomError } from '@/engine/types';
import { decodePicture, type OpenVips, type VipsModule } from './decode';
import { decodeRequestSchema, type DecodeReply } from './protocol';

const here = (file: string): string => new URL(file, self.location.href).href;

const opened = new Map<boolean, Promise<VipsModule>>();
const open: OpenVips = ({ avif }) => {
  const before = opened.get(avif);
  if (before !== undefined) return before;
  const opening = load(avif);
  opened.set(avif, opening);
  // A fetch that failed is tried again by the next picture.
  opening.catch(() => opened.delete(avif));
  return opening;
};

async function load(avif: boolean): Promise<VipsModule> {
  // Not bundled: its threads start from the same file.
  const { default: start } = (await import(here('vips-es6.js'))) as { default: typeof import('wasm-vips') };
  const vips = await start({
    dynamicLibraries: avif ? ['vips-heif.wasm'] : [],
    locateFile: here,
    print: () => undefined,
    printErr: () => undefined,
  });
  vips.concurrency(1);
  return vips;
}

self.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const request = decodeRequestSchema.safeParse(data);
  if (request.success) void answer(request.data.id, request.data.bytes);
});

async function answer(id: number, bytes: Uint8Array): Promise<void> {
  const post = (result: DecodeReply['result'], transfer: Transferable[] = []): void =>
    self.postMessage({ id, result } satisfies DecodeReply, { transfer });
  try {
    const picture = await decodePicture(bytes, open);
    post(picture, [picture.rgba.buffer]);
  } catch (thrown) {
    const { code, message, extra } = toLoomError(thrown);
    const known = ['bad-input', 'unsupported', 'too-large', 'file-damaged', 'file-truncated'] as const;
    post({
      code: known.find((one) => one === code) ?? 'internal',
      message,
      ...(extra.fix === undefined ? {} : { fix: extra.fix }),
    });
  }
}
