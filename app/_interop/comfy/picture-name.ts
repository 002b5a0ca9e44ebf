/** What a picture that a document carries is called in ComfyUI's files. */

/** The name of a picture in the prompt: the file's where there was one, else one made of what it holds. */
export function pictureName(source: string): string {
  // FNV-1a: the same picture has the same name, so that a server keeps one copy.
  let hash = 0x811c9dc5;
  for (let at = 0; at < source.length; at++) hash = Math.imul(hash ^ source.charCodeAt(at), 0x01000193);
  const ending = /^data:image\/(png|jpeg|webp)/.exec(source)?.[1] ?? 'png';
  return `loom-${(hash >>> 0).toString(16).padStart(8, '0')}-${source.length.toString(36)}.${ending === 'jpeg' ? 'jpg' : ending}`;
}
