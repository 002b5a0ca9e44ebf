/** Files: open and save. */
import { translate } from '../_i18n/translate';
import { openFile, saveFile } from '../_formats/disk';
import { activeTab, updateTab, workspace } from '../_state/workspace';
import { takeIncoming } from './take-incoming';
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
