/** A picture that ComfyUI opens as its own: `prompt` and `workflow` in tEXt chunks, as its SaveImage writes them. */
import type { LoomDocument } from '@/engine';
import { exportPrompt, exportWorkflow } from '../../_interop/comfy/export';
import { writeLooseJson, type Json } from '../../_interop/comfy/json';
import { pngChunks, writePng } from './png-chunks';

/** tEXt is Latin-1 by the standard: what is beyond ASCII is escaped, which JSON reads back the same. */
const ascii = (value: Json): string =>
  writeLooseJson(value).replaceAll(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * The picture with the graph as ComfyUI has it, right before its pixels; other chunks stay byte for byte.
 * @throws LoomError as {@link pngChunks}
 */
export function embedComfy(png: Uint8Array, document: LoomDocument): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const texts = [
    ['prompt', exportPrompt(document).prompt],
    ['workflow', exportWorkflow(document).workflow],
  ] as const;
  const added = texts.map(([keyword, json]) => ({
    type: 'tEXt',
    data: encoder.encode(`${keyword}\0${ascii(json)}`),
  }));
  let placed = false;
  return writePng(
    [...pngChunks(png)].flatMap((chunk) => {
      if (placed || chunk.type !== 'IDAT') return [chunk];
      placed = true;
      return [...added, chunk];
    }),
  );
}
