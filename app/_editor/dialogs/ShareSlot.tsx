'use client';
/** Couples the share and version dialogs with the workspace. */
import { useStore } from 'zustand';
import { documentTitle } from '../../_actions/document-files';
import { persistence } from '../../_persistence/persist-workspace';
import { ShareDialog } from './ShareDialog';
import { VersionsDialog } from './VersionsDialog';
import { replaceBy } from '../../_state/edits';
import { view } from '../../_state/view';
import { activate, edit, openDocument, useWorkspace, workspace } from '../../_state/workspace';

export function ShareSlot({ which }: { readonly which: 'share' | 'versions' }) {
  const document = useWorkspace((state) => state.document);
  const active = useWorkspace((state) => state.active);
  const store = useStore(persistence, (state) => state.store);
  const close = (): void => view.setState({ dialog: null });
  return (
    <>
      {which === 'share' ? (
        <ShareDialog document={document} title={documentTitle()} onClose={close} />
      ) : (
        <VersionsDialog
          store={store}
          document={active}
          onRestore={(version) => {
            edit('restore', (draft) => replaceBy(draft, version));
            close();
          }}
          onOpen={(opened, id) => {
            if (id !== undefined && workspace.getState().tabs.some((tab) => tab.id === id)) activate(id);
            else openDocument(opened, { replace: false, ...(id === undefined ? {} : { id }) });
            close();
          }}
          onClose={close}
        />
      )}
    </>
  );
}
