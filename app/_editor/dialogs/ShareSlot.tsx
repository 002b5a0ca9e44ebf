'use client';
/** The sharing dialogs over the active tab. */
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import type { LoomDocument } from '@/engine';
import { keeping } from '../../_share/keep';
import { ShareDialog } from '../../_share/ShareDialog';
import { VersionsDialog } from '../../_share/VersionsDialog';
import { view } from '../../_state/view';
import { edit, openDocument, useWorkspace } from '../../_state/workspace';

const close = (): void => view.setState({ dialog: null });

/** Everything in the document becomes as it was then: one step that undo takes back. */
function becomeVersion(version: LoomDocument): void {
  edit('restore', (draft) => {
    for (const key of Object.keys(draft))
      if (!Object.hasOwn(version, key)) Reflect.deleteProperty(draft, key);
    Object.assign(draft, structuredClone(version));
  });
  close();
}

export function ShareSlot({ which }: { readonly which: 'share' | 'versions' }) {
  const t = useTranslations();
  const document = useWorkspace((state) => state.document);
  const active = useWorkspace((state) => state.active);
  const store = useStore(keeping, (state) => state.store);
  if (which === 'share')
    return <ShareDialog document={document} title={document.meta.title ?? t('untitled')} onClose={close} />;
  return (
    <VersionsDialog
      store={store}
      document={active}
      onRestore={becomeVersion}
      onOpen={(opened, id) => {
        openDocument(opened, { replace: false, ...(id === undefined ? {} : { id }) });
        close();
      }}
      onClose={close}
    />
  );
}
