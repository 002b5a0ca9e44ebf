/** Pictures that a document carries and a ComfyUI server must be given, by the names that the prompt has for them. */
import type { LoomDocument } from '@/engine';
import { originOf } from './attach';
import { pictureName } from './picture-name';

export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const loaders: ReadonlySet<string> = new Set(['image/load', 'mask/load']);

/** Every picture that the document holds as a data URL, each once. */
export function uploadsOf(document: LoomDocument): readonly Upload[] {
  const uploads = new Map<string, Upload>();
  for (const level of [document, ...Object.values(document.definitions)])
    for (const node of Object.values(level.nodes)) {
      const source = node.params['source'];
      if (!loaders.has(node.type) || typeof source !== 'string') continue;
      const data = /^data:[^,;]*;base64,/.exec(source);
      if (!data) continue;
      const before = originOf(node);
      const same = before?.params?.['main']?.['source'] === source;
      const given = before?.values?.['image'];
      const name = same && typeof given === 'string' && given !== '' ? given : pictureName(source);
      uploads.set(name, { name, bytes: decoded(source.slice(data[0].length)) });
    }
  return [...uploads.values()];
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
