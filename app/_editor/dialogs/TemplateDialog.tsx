'use client';
/** The gallery: graphs to start from, with pictures that they drew. */
import { FilePlus2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { perform } from '../../_actions/perform';
import { openTemplate, templateIds, type TemplateId } from '../../_actions/templates';
import { view } from '../../_state/view';
import { Modal } from '../../_ui/Modal';

export function TemplateDialog() {
  const t = useTranslations('templates');
  const close = (): void => view.setState({ dialog: null });
  return (
    <Modal
      open
      onOpenChange={(open) => !open && close()}
      title={t('title')}
      description={t('description')}
      closeLabel={t('close')}
      wide
    >
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(210px,1fr))] gap-3">
        {templateIds.map((id) => (
          <Card key={id} id={id} onDone={close} />
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

function Card({ id, onDone }: { readonly id: TemplateId; readonly onDone: () => void }) {
  const t = useTranslations('templates');
  const [failed, setFailed] = useState(false);
  useEffect(() => setFailed(false), [id]);
  return (
    <li>
      <button
        type="button"
        onClick={() => {
          onDone();
          void openTemplate(id);
        }}
        className="flex h-full w-full flex-col overflow-hidden rounded-xl border border-border bg-card text-left hover:border-primary"
      >
        <span className="flex aspect-[16/10] w-full items-center justify-center overflow-hidden bg-muted">
          {failed ? (
            <span className="text-3xl" aria-hidden>
              ◇
            </span>
          ) : (
            <img
              src={`/templates/${id}.jpg`}
              alt=""
              loading="lazy"
              onError={() => setFailed(true)}
              className="size-full object-cover"
            />
          )}
        </span>
        <span className="p-3">
          <span className="block text-[13px] font-semibold">{t(`${id}.title`)}</span>
          <span className="mt-0.5 block text-xs text-muted-foreground">{t(`${id}.text`)}</span>
        </span>
      </button>
    </li>
  );
}
