'use client';
/** Loads node packs from files, after saying plainly what that means; lists those that are loaded. */
import { FileCode2, TriangleAlert } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { toLoomError, type LoomError } from '@/engine';
import { loadNodePack } from '../../_actions/load-node-pack';
import { useLoadedPacks } from '../../_state/nodes';
import { view } from '../../_state/view';
import { Button } from '../../_ui/Button';
import { Modal } from '../../_ui/Modal';

export function NodePackDialog() {
  const t = useTranslations('packs');
  const packs = useLoadedPacks();
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<LoomError | null>(null);
  const take = async (files: FileList | null): Promise<void> => {
    setError(null);
    try {
      for (const file of files ?? []) await loadNodePack(file);
    } catch (thrown) {
      setError(toLoomError(thrown));
    }
  };
  return (
    <Modal
      open
      onOpenChange={(open) => !open && view.setState({ dialog: null })}
      title={t('title')}
      closeLabel={t('close')}
    >
      <div className="space-y-4 text-[13px]">
        <p>{t('what')}</p>
        <p className="flex gap-2 rounded-lg border border-border bg-muted p-3">
          <TriangleAlert size={16} className="mt-0.5 shrink-0 text-destructive" />
          {t('warning')}
        </p>
        <input
          ref={input}
          type="file"
          accept=".js,.mjs,text/javascript"
          multiple
          hidden
          onChange={(event) => {
            void take(event.target.files).then(() => {
              // The same file again, once it was changed, is a choice too.
              if (input.current) input.current.value = '';
            });
          }}
        />
        <Button variant="outline" onClick={() => input.current?.click()}>
          <FileCode2 size={14} />
          {t('choose')}
        </Button>
        {error !== null && (
          <p role="alert" className="text-destructive">
            {error.message} {error.extra.fix}
          </p>
        )}
        <section aria-live="polite">
          <h3 className="mb-1.5 text-xs font-semibold text-muted-foreground">{t('loaded')}</h3>
          {packs.length === 0 && <p className="text-muted-foreground">{t('none')}</p>}
          <ul className="space-y-1">
            {packs.map(({ pack, file }) => (
              <li key={pack.id}>
                <span className="font-medium">{pack.title}</span> {pack.version}{' '}
                <span className="text-muted-foreground">
                  {file} · {t('nodes', { count: pack.nodes.length })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Modal>
  );
}
