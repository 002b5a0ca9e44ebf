/** Files: open, save, and results as PNG. */
import { translate } from '../_i18n/translate';
import { download, openFile, saveFile } from '../_formats/disk';
import { activeTab, openDocument, updateTab, workspace } from '../_state/workspace';
import { takeIncoming } from './take-incoming';
import { embedGraph } from '../_formats/png/png';
import type { Result } from '../_state/run-store';
import { parseDocument } from '@/engine';
import { notify } from '../_ui/notify';

export async function openFiles(): Promise<void> {
  const opened = await openFile();
  if (opened !== null) takeIncoming(opened.incoming, opened.handle);
}

/** The active document's name. */
export const documentTitle = (): string => workspace.getState().document.meta.title ?? translate('untitled');

/** Saves to the file it came from, or asks where. */
export async function saveActive(elsewhere: boolean): Promise<void> {
  const tab = activeTab();
  const saved = await saveFile(tab.history.document, {
    name: documentTitle(),
    ...(elsewhere || tab.handle === undefined ? {} : { handle: tab.handle }),
  });
  if (saved === null) return;
  if (saved.handle !== undefined) updateTab(tab.id, { handle: saved.handle });
  notify.success(translate('save.done', { name: saved.name }));
}

/** A result as PNG bytes, the graph and seed inside unless switched off. */
export async function resultPng(result: Result, metadata: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(result.picture.width, result.picture.height);
  canvas
    .getContext('2d')
    ?.putImageData(new ImageData(result.picture.rgba, result.picture.width, result.picture.height), 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (!metadata) return bytes;
  const { document } = parseDocument(result.document);
  return embedGraph(bytes, {
    document,
    node: result.node,
    ...(result.seed === undefined ? {} : { seed: result.seed }),
  });
}

/** Saves a result as a PNG that opens as the graph that made it. */
export async function saveResult(result: Result, metadata = true): Promise<void> {
  const bytes = await resultPng(result, metadata);
  const name = `${(result.title || 'loom').replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 48)}-${result.seed ?? ''}.png`;
  download(new Blob([bytes], { type: 'image/png' }), name);
}

/** Opens the graph that made a result in a tab of its own. */
export function restoreResult(result: Result): void {
  openDocument(parseDocument(result.document).document, { replace: false });
}
