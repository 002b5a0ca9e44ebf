'use client';
/** Earlier versions of a document, and the documents whose tabs are closed. */
import { Tabs } from '@base-ui/react/tabs';
import { FolderOpen, History, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useFormatter, useNow, useTranslations } from 'use-intl';
import { toLoomError, type LoomDocument, type LoomError } from '@/engine';
import { Button, IconButton } from '../../_ui/Button';
import { Modal } from '../../_ui/Modal';
import { flushAll } from '../../_persistence/persist-workspace';
import type { DocumentEntry, DocumentStore, VersionEntry } from '../../_persistence/store';

interface Listing {
  readonly versions: readonly VersionEntry[];
  readonly closed: readonly DocumentEntry[];
}

export function VersionsDialog({
  store,
  document: id,
  onRestore,
  onOpen,
  onClose,
}: {
  /** Undefined where the browser keeps nothing. */
  readonly store: DocumentStore | undefined;
  /** The active tab's document. */
  readonly document: string;
  /** Makes an earlier version the present one, as an undoable step. */
  readonly onRestore: (document: LoomDocument) => void;
  /** Opens a stored document in a tab; `id` is undefined for a copy. */
  readonly onOpen: (document: LoomDocument, id: string | undefined) => void;
  readonly onClose: () => void;
}) {
  const t = useTranslations('share');
  const format = useFormatter();
  const now = useNow({ updateInterval: 30_000 });
  const [listing, setListing] = useState<Listing | undefined>();
  const [error, setError] = useState<LoomError | undefined>();
  /** Counts removals: the list is read again. */
  const [removed, setRemoved] = useState(0);
  const attempt = useCallback(async (job: () => Promise<void>): Promise<void> => {
    try {
      await job();
      setError(undefined);
    } catch (thrown) {
      setError(toLoomError(thrown));
    }
  }, []);
  useEffect(() => {
    let shown = true;
    if (store)
      // What was just changed is stored first: going back must not lose it.
      flushAll()
        .then(() => store.saveVersion(id, 'autosave').catch(() => undefined))
        .then(() => Promise.all([store.versions(id), store.list()]))
        .then(
          ([versions, all]) => shown && setListing({ versions, closed: all.filter(({ open }) => !open) }),
          (thrown: unknown) => shown && setError(toLoomError(thrown)),
        );
    return () => {
      shown = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- after a removal the list is read again
  }, [store, id, removed]);

  const size = (bytes: number): string =>
    t('kilobytes', { size: format.number(bytes / 1000, { maximumFractionDigits: 1 }) });
  const row = 'flex items-center gap-2 border-b border-border py-1.5 last:border-b-0';
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('kept')}
      description={t('keptAbout')}
      closeLabel={t('close')}
    >
      {error && (
        <p
          role="alert"
          className="mb-3 rounded-md bg-destructive-soft px-2.5 py-1.5 text-xs text-destructive"
        >
          {error.message}
        </p>
      )}
      {store === undefined ? (
        <p className="text-xs text-muted-foreground">{t('noStore')}</p>
      ) : (
        <Tabs.Root defaultValue="versions">
          <Tabs.List className="mb-2 flex w-fit gap-0.5 rounded-md bg-muted p-0.5" aria-label={t('kept')}>
            {(['versions', 'documents'] as const).map((tab) => (
              <Tabs.Tab
                key={tab}
                value={tab}
                className="h-7 rounded px-2.5 text-xs text-muted-foreground data-[active]:bg-card data-[active]:font-medium data-[active]:text-foreground data-[active]:shadow-sm"
              >
                {t(tab)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="versions">
            {listing?.versions.length === 0 && (
              <p className="py-2 text-xs text-muted-foreground">{t('noVersions')}</p>
            )}
            <ul>
              {listing?.versions.map((version) => (
                <li key={version.version} className={row}>
                  <div className="min-w-0 flex-1">
                    <p className="text-xs font-medium">
                      <time dateTime={new Date(version.time).toISOString()}>
                        {format.relativeTime(version.time, now)}
                      </time>
                    </p>
                    <p className="text-[11px] text-muted-foreground">
                      {format.dateTime(version.time, { dateStyle: 'medium', timeStyle: 'short' })} ·{' '}
                      {t(`reason.${version.reason}`)} ·{' '}
                      <span className="whitespace-nowrap">{size(version.bytes)}</span>
                    </p>
                  </div>
                  <Button
                    small
                    variant="ghost"
                    onClick={() =>
                      void attempt(async () => onOpen(await store.readVersion(version.version), undefined))
                    }
                  >
                    {t('openCopy')}
                  </Button>
                  <Button
                    small
                    variant="outline"
                    onClick={() =>
                      void attempt(async () => onRestore(await store.readVersion(version.version)))
                    }
                  >
                    <History size={14} /> {t('restore')}
                  </Button>
                </li>
              ))}
            </ul>
          </Tabs.Panel>
          <Tabs.Panel value="documents">
            {listing?.closed.length === 0 && (
              <p className="py-2 text-xs text-muted-foreground">{t('noDocuments')}</p>
            )}
            <ul>
              {listing?.closed.map((entry) => (
                <li key={entry.id} className={row}>
                  <div className="min-w-0 flex-1">
                    <p className="truncate text-xs font-medium">
                      {entry.title === '' ? t('untitled') : entry.title}
                    </p>
                    <p className="text-[11px] text-muted-foreground">
                      {format.relativeTime(entry.modified, now)}
                    </p>
                  </div>
                  <Button
                    small
                    variant="outline"
                    onClick={() =>
                      void attempt(async () => onOpen((await store.load(entry.id)).document, entry.id))
                    }
                  >
                    <FolderOpen size={14} /> {t('open')}
                  </Button>
                  <IconButton
                    small
                    label={t('remove')}
                    onClick={() =>
                      void attempt(async () => {
                        await store.remove(entry.id);
                        setRemoved((count) => count + 1);
                      })
                    }
                  >
                    <Trash2 size={14} />
                  </IconButton>
                </li>
              ))}
            </ul>
          </Tabs.Panel>
        </Tabs.Root>
      )}
    </Modal>
  );
}
