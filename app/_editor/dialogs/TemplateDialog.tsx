'use client';
/** The gallery: graphs to start from, with pictures that they drew. */
import { FilePlus2, Workflow } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocale, useTranslations } from 'use-intl';
import { toLoomError, type LoomError } from '@/engine';
import { perform } from '../../_actions/commands';
import { fetchTemplates, openTemplate, type TemplateEntry } from '../../_actions/templates';
import { view } from '../../_state/view';
import { Modal } from '../../_ui/Modal';

export function TemplateDialog() {
  const t = useTranslations('templates');
  const te = useTranslations('errors');
  const [entries, setEntries] = useState<readonly TemplateEntry[]>([]);
  const [error, setError] = useState<LoomError | null>(null);
  const close = (): void => view.setState({ dialog: null });
  useEffect(() => {
    fetchTemplates().then(setEntries, (thrown: unknown) => setError(toLoomError(thrown)));
  }, []);
  return (
    <Modal
      open
      onOpenChange={(open) => !open && close()}
      title={t('title')}
      description={t('description')}
      closeLabel={t('close')}
      wide
    >
      {error !== null && <p className="mb-3 text-sm text-destructive">{te(error.code)}</p>}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-3">
        {entries.map((entry) => (
          <Card key={entry.id} entry={entry} onDone={close} />
        ))}
        <li>
          <button
            type="button"
            onClick={() => {
              close();
              perform('new');
            }}
            className="flex h-full min-h-44 w-full flex-col items-center justify-center gap-2 rounded-xl border border-dashed border-input text-sm text-muted-foreground hover:border-primary hover:text-foreground"
          >
            <FilePlus2 size={22} />
            {t('empty')}
          </button>
        </li>
      </ul>
    </Modal>
  );
}

function Card({ entry, onDone }: { readonly entry: TemplateEntry; readonly onDone: () => void }) {
  const locale = useLocale();
  const [failed, setFailed] = useState(!entry.picture);
  return (
    <li>
      <button
        type="button"
        onClick={() => {
          onDone();
          void openTemplate(entry.id);
        }}
        className="flex h-full w-full flex-col overflow-hidden rounded-xl border border-border bg-card text-left hover:border-primary"
      >
        <span className="flex aspect-[16/10] w-full items-center justify-center overflow-hidden bg-muted text-muted-foreground">
          {failed ? (
            <Workflow size={30} />
          ) : (
            <img
              src={`/templates/${entry.id}.jpg`}
              alt=""
              loading="lazy"
              onError={() => setFailed(true)}
              className="size-full object-cover"
            />
          )}
        </span>
        <span className="p-3">
          <span className="block text-[13px] font-semibold">{entry.title[locale] ?? entry.title.en}</span>
          <span className="mt-0.5 block text-xs text-muted-foreground">
            {entry.description[locale] ?? entry.description.en}
          </span>
        </span>
      </button>
    </li>
  );
}
