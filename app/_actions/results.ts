/** What one does with a finished picture: save, copy, feed in again, open its graph. */
import { z } from 'zod';
import { LoomError, parseDocument } from '@/engine';
import { download } from '../_formats/download';
import { embedGraph } from '../_formats/png/png';
import { translate } from '../_i18n/translate';
import { preferences } from '../_state/preferences';
import type { Result } from '../_state/results';
import { openDocument } from '../_state/workspace';
import { notify } from '../_ui/notify';
import { takeIncoming } from './take-incoming';

const bytesOf = async (result: Result): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await result.png.arrayBuffer());

/** A result as PNG bytes, the graph and seed inside unless switched off; on request as ComfyUI has it beside ours. */
export async function resultPng(
  result: Result,
  metadata: boolean,
  comfy = false,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await bytesOf(result);
  if (!metadata) return bytes;
  const { document } = parseDocument(result.document);
  const { embedComfy } = comfy ? await import('../_formats/png/comfy') : {};
  return embedGraph(embedComfy ? embedComfy(bytes, document) : bytes, {
    document,
    node: result.node,
    element: result.element,
    ...(result.seed === undefined ? {} : { seed: result.seed }),
  });
}

/** What a file name pattern may name. */
export const nameFields = ['title', 'seed', 'index', 'date', 'document'] as const;

/**
 * A file name without its ending: `{title}-{seed}-{index}` with what the result says. Letters and numbers stay, all
 * else becomes a hyphen; never empty, at most 120 characters.
 */
export function resultName(result: Result, pattern: string): string {
  const values: Record<(typeof nameFields)[number], string> = {
    title: result.title.slice(0, 48),
    seed: result.seed ?? '',
    index: String(result.element + 1),
    date: new Date(result.at).toISOString().slice(0, 10),
    document: titleOf(result),
  };
  const field = z.enum(nameFields);
  const filled = pattern.replaceAll(/\{(\w+)\}/gu, (whole, name: string) => {
    const known = field.safeParse(name);
    return known.success ? values[known.data] : whole;
  });
  const clean = filled
    .replaceAll(/[^\p{L}\p{N}._]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/gu, '')
    .slice(0, 120);
  return clean === '' ? 'loom' : clean;
}

const metaSchema = z.object({ meta: z.object({ title: z.string().optional() }).optional() });
function titleOf(result: Result): string {
  const parsed = metaSchema.safeParse(JSON.parse(result.document));
  return parsed.data?.meta?.title ?? '';
}

/** Saves a result as a PNG that opens as the graph that made it. */
export async function saveResult(result: Result, metadata = true, comfy = false): Promise<void> {
  const bytes = await resultPng(result, metadata, comfy);
  download(
    new Blob([bytes], { type: 'image/png' }),
    `${resultName(result, preferences.getState().fileName)}.png`,
  );
}

/** Puts the picture on the clipboard. @throws LoomError `unsupported` where the browser lets no page do that */
export async function copyResult(result: Result): Promise<void> {
  if (typeof ClipboardItem === 'undefined')
    throw new LoomError(
      'unsupported',
      'This browser lets no page copy pictures.',
      {},
      { fix: 'Save the picture as a file.' },
    );
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': result.png })]);
  notify.success(translate('results.copied'));
}

/** A *Load image* node with the picture, where the pointer last was. */
export async function loadAsInput(result: Result): Promise<void> {
  takeIncoming({ kind: 'image', bytes: await bytesOf(result), mime: 'image/png', name: 'result.png' });
}

/** Opens the graph that made a result in a tab of its own. */
export function restoreResult(result: Result): void {
  openDocument(parseDocument(result.document).document, { replace: false });
}
