/** What was opened, dropped or pasted, and where it goes. */
import { LoomError } from '@/engine';
import { getOwn } from '@/engine/types';
import { registry } from '../_state/nodes';
import { pictureFormat } from '@/nodes/_shared/picture-formats';
import { fieldsOfNode } from '../_state/fields';
import { translate } from '../_i18n/translate';
import { fileLimit, readIncoming, type Incoming } from '../_formats/read-incoming';
import { pictureUrl } from '../_formats/picture/url';
import { addNode } from '../_state/edits';
import { placeForNew } from '../_state/flow';
import { importReport } from '../_state/import-report';
import { select, view } from '../_state/view';
import { edit, openDocument, workspace, type Tab } from '../_state/workspace';
import { lastCopied, paste, pasteNodes, pastePlace } from './clipboard';
import { notify } from '../_ui/notify';

/** Takes in what was opened, dropped or pasted. A document opens in a tab of its own. */
export function takeIncoming(incoming: Incoming, handle?: Tab['handle']): void {
  if (incoming.kind === 'document') {
    openDocument(incoming.document, {
      ...(incoming.from === 'link' ? { readOnly: true } : {}),
      ...(handle === undefined ? {} : { handle }),
    });
    for (const notice of incoming.notices) notify.info(notice.message);
    if (incoming.report !== undefined) {
      importReport.setState({ report: incoming.report });
      view.setState({ dialog: 'import-report' });
    }
  } else if (incoming.kind === 'clip') paste(incoming.clip, false, pastePlace());
  else {
    // A picture becomes the first node whose form takes one.
    const definition = registry
      .all()
      .find((found) => fieldsOfNode(found).some((field) => field.widget === 'image-file'));
    const field = definition && fieldsOfNode(definition).find((found) => found.widget === 'image-file');
    if (definition === undefined || field === undefined) return;
    const source = pictureUrl(incoming.bytes);
    edit('add', (draft) => {
      const id = addNode(draft, definition, placeForNew().flow, { [field.name]: source });
      queueMicrotask(() => select([id]));
    });
    if (incoming.foreign !== undefined)
      notify.info(translate('open.foreign', { why: incoming.foreign.message }));
  }
}

/**
 * Puts a picture's file into the node it was dropped on, where that node's form takes one: a PNG with a graph inside
 * is a picture there too. Painters take PNGs only.
 * @returns false when the node takes no such file
 * @throws LoomError `too-large` for a picture beyond the limits
 */
export async function takeIntoNode(id: string, file: File): Promise<boolean> {
  const { nodes } = workspace.getState().document;
  const node = getOwn(nodes, id);
  const definition = node && registry.get(node.type);
  if (definition === undefined || file.size > fileLimit) return false;
  const bytes = new Uint8Array(await file.arrayBuffer().catch(() => new ArrayBuffer(0)));
  const format = pictureFormat(bytes);
  const takes: readonly string[] = format === 'png' ? ['image-file', 'mask-painter'] : ['image-file'];
  const field = fieldsOfNode(definition).find(({ widget }) => takes.includes(widget));
  if (format === undefined || field === undefined) return false;
  const source = pictureUrl(bytes);
  edit('picture', (draft) => {
    const target = getOwn(draft.nodes, id);
    if (target !== undefined) target.params[field.name] = source;
  });
  select([id]);
  return true;
}

/** Paste from a command: reads the system clipboard where the browser allows it. */
export async function pasteFromClipboard(connected: boolean): Promise<void> {
  const system = await navigator.clipboard?.readText().catch(() => '');
  pasteText(system !== undefined && system !== '' ? system : lastCopied(), connected);
}

/** Takes a pasted text: nodes, a graph, a link. */
export function pasteText(text: string, connected: boolean): void {
  if (text.trim() === '') throw new LoomError('bad-input', 'The clipboard is empty.');
  if (!pasteNodes(text, connected)) takeIncoming(readIncoming(text));
}
