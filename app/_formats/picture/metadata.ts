/** Texts that a JPEG or WebP carries in its Exif data: where ComfyUI and A1111 put their graphs. */
import type { ForeignKey } from '../../_interop/open';

/** A text tag of ComfyUI's: its key, a colon, JSON. */
const tagged = /^(workflow|prompt):([^]*)$/i;

/**
 * The graphs in a picture's Exif data, by the keys that PNGs have for them; empty when there are none.
 * ComfyUI writes text tags `workflow:{…}` and `prompt:{…}`; A1111 writes its parameters as the user comment.
 */
export async function readPictureTexts(bytes: Uint8Array): Promise<ReadonlyMap<ForeignKey, string>> {
  const texts = new Map<ForeignKey, string>();
  let tags: Awaited<ReturnType<typeof load>>;
  try {
    tags = await load(bytes);
  } catch {
    // No Exif data, or damaged: the picture itself is looked at by its decoder.
    return texts;
  }
  for (const [name, tag] of Object.entries(tags)) {
    for (const value of textsOf(tag)) {
      const [, key, text] = tagged.exec(value) ?? [];
      if (key !== undefined && text !== undefined) {
        const found = key.toLowerCase() === 'workflow' ? 'workflow' : 'prompt';
        if (!texts.has(found)) texts.set(found, text);
      } else if (name === 'UserComment' && /\bSteps: \d+,/.test(value)) texts.set('parameters', value);
    }
  }
  return texts;
}

async function load(bytes: Uint8Array) {
  const { load: read } = await import('exifreader');
  const buffer = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(buffer).set(bytes);
  return read(buffer, { expanded: false });
}

function textsOf(tag: unknown): readonly string[] {
  if (typeof tag !== 'object' || tag === null) return [];
  const value: unknown = Reflect.get(tag, 'value');
  const description: unknown = Reflect.get(tag, 'description');
  const list = Array.isArray(value) ? value : [value];
  return [...list, description]
    .filter((item) => typeof item === 'string')
    .map((item) => item.replace(/^Exif\0\0/, ''));
}
