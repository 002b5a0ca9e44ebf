'use client';
import { useTranslations } from 'use-intl';
import { view } from '../../_state/view';
import { Modal } from '../../_ui/Modal';

export function ShareSlot({ which }: { readonly which: 'share' | 'versions' }) {
  const t = useTranslations('dialogs');
  return (
    <Modal open onOpenChange={(open) => !open && view.setState({ dialog: null })} title={which} closeLabel={t('close')}>
      <span />
    </Modal>
  );
}
