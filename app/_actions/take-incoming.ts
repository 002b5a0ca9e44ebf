/** What was opened, dropped or pasted, and where it goes. */
import { LoomError } from '@/engine';
import { registry } from '@/nodes/registry';
import { fieldsOfNode } from '../_state/fields';
import { translate } from '../_i18n/translate';
import { readIncoming, type Incoming } from '../_formats/read-incoming';
import { addNode } from '../_state/edits';
import { placeForNew } from '../_state/flow';
import { select } from '../_state/view';
import { edit, openDocument, type Tab } from '../_state/workspace';
import { lastCopied, paste, pasteNodes, pastePlace } from './clipboard';
import { notify } from '../_ui/notify';

const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};

/** Takes in what was opened, dropped or pasted. A document opens in a tab of its own. */
export function takeIncoming(incoming: Incoming, handle?: Tab['handle']): void {
  if (incoming.kind === 'document') {
    openDocument(incoming.document, {
      ...(incoming.from === 'link' ? { readOnly: true } : {}),
      ...(handle === undefined ? {} : { handle }),
    });
    for (const notice of incoming.notices) notify.info(notice.message);
  } else if (incoming.kind === 'clip') paste(incoming.clip, false, pastePlace());
  else {
    // A picture becomes the first node whose form takes one.
    const definition = registry
      .all()
      .find((found) => fieldsOfNode(found).some((field) => field.widget === 'image-file'));
    const field = definition && fieldsOfNode(definition).find((found) => found.widget === 'image-file');
    if (definition === undefined || field === undefined) return;
    const source = `data:${incoming.mime};base64,${toBase64(incoming.bytes)}`;
    edit('add', (draft) => {
      const id = addNode(draft, definition, placeForNew().flow, { [field.name]: source });
      queueMicrotask(() => select([id]));
    });
    if (incoming.foreign !== undefined) notify.info(translate('open.foreign', { program: incoming.foreign }));
  }
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
