/** In Chromium: every picture of the corpus through the page's codec, as SHA-256 of its pixels. */
import { z } from 'zod';
import { toLoomError } from '@/engine/types';
import { createPictureCodec } from '@/app/_formats/picture/browser-codec';

const codec = createPictureCodec(location.href);

const hex = async (bytes: Uint8Array): Promise<string> =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

async function decoded(name: string) {
  const bytes = new Uint8Array(await (await fetch(`/pictures/${name}`)).arrayBuffer());
  try {
    const { width, height, rgba } = await codec.decode(bytes);
    return { name, width, height, pixels: await hex(rgba) };
  } catch (thrown) {
    const { code, message } = toLoomError(thrown);
    return { name, code, message };
  }
}

/** Decodes the corpus's pictures of these names. */
async function decodeAll(names: readonly string[]): Promise<unknown> {
  return Promise.all(names.map(decoded));
}

Reflect.set(globalThis, 'decodeAll', async (names: unknown) => decodeAll(z.array(z.string()).parse(names)));
