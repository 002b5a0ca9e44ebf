'use client';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { useFormat } from '../../_i18n/format';
import { catalogStore } from '../../_state/catalog';
import { view } from '../../_state/view';
import { Modal } from '../../_ui/Modal';

/** What this is, and what is installed under which licence. */
export function AboutDialog() {
  const t = useTranslations('about');
  const format = useFormat();
  const packages = useStore(catalogStore, (state) => state.packages);
  return (
    <Modal
      open
      onOpenChange={(open) => !open && view.setState({ dialog: null })}
      title="Latent Loom"
      closeLabel={t('close')}
    >
      <div className="space-y-4 text-[13px]">
        <p>{t('what')}</p>
        <p className="text-muted-foreground">{t('paper')}</p>
        <section>
          <h3 className="mb-1.5 text-xs font-semibold text-muted-foreground">{t('packages')}</h3>
          <ul className="space-y-2">
            {packages.map((found) => (
              <li key={found.id} className="rounded-lg border border-border p-3">
                <p className="font-medium">
                  {found.title} <code className="text-xs font-normal text-muted-foreground">{found.id}</code>
                </p>
                <p className="mt-0.5 text-xs text-muted-foreground">{found.description}</p>
                <p className="mt-1 text-xs">
                  {format.bytes(found.bytes)} · {found.licence}
                </p>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Modal>
  );
}
