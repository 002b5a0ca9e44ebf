'use client';
/** A bar that says what is not kept, and why, with a way out: a file. */
import { HardDrive } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { download, safeName } from '../../_formats/download';
import { persistence } from '../../_persistence/persist-workspace';
import { useWorkspace } from '../../_state/workspace';
import { Button } from '../../_ui/Button';

const bar =
  'flex items-center gap-2 border-b border-border bg-destructive-soft px-4 py-1.5 text-xs text-destructive';

/** The stored text of a document that cannot be read, as a file. */
async function saveText(id: string, text: string | undefined): Promise<void> {
  const found = text ?? (await persistence.getState().store?.text(id));
  if (found !== undefined) download(new Blob([found], { type: 'application/json' }), `${safeName(id)}.json`);
}

export function StorageNotice() {
  const t = useTranslations('storage');
  const error = useStore(persistence, (state) => state.error);
  const unreadable = useStore(persistence, (state) => state.unreadable);
  const failed = useStore(
    persistence,
    ({ states }) => Object.values(states).find(({ state }) => state === 'failed') ?? null,
  );
  const active = useWorkspace((state) => state.active);
  const why = error?.message ?? (failed?.state === 'failed' ? failed.error.message : undefined);
  return (
    <>
      {why !== undefined && (
        <div role="alert" className={bar}>
          <HardDrive size={14} />
          <span className="flex-1">{t(error === undefined ? 'failed' : 'none', { why })}</span>
          <Button
            small
            variant="outline"
            onClick={() =>
              void import('../../_actions/document-files').then(({ saveActive }) => saveActive(true))
            }
            key={active}
          >
            {t('save-file')}
          </Button>
        </div>
      )}
      {unreadable.map(({ id, error: reason, text }) => (
        <div key={id} role="alert" className={bar}>
          <HardDrive size={14} />
          <span className="flex-1">{t('unreadable', { why: reason.message })}</span>
          <Button small variant="outline" onClick={() => void saveText(id, text)}>
            {t('save-file')}
          </Button>
        </div>
      ))}
    </>
  );
}
