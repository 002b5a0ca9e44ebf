'use client';
/** A choice among models that are here, and what to do where a graph names one that is not. */
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { toLoomError } from '@/engine';
import { catalogStore } from '../../_state/catalog';
import { view } from '../../_state/view';
import { Button } from '../../_ui/Button';
import { Choice } from '../../_ui/Choice';
import { notify } from '../../_ui/notify';
import type { WidgetProps } from './widget';

/** No id of a model: opens the dialog that adds one. */
const openAnother = '…';

export function ModelChoice({
  widget: { id, label, value, disabled, set, seal },
  kind,
  options,
}: {
  readonly widget: WidgetProps;
  readonly kind: 'packages' | 'loras';
  readonly options: readonly { readonly value: string; readonly label: string }[];
}) {
  const ready = useStore(catalogStore, (state) => state.status === 'ready');
  const t = useTranslations('models');
  const chosen = typeof value === 'string' ? value : '';
  const use = (next: string): void => {
    set(next);
    seal();
  };
  const missing = ready && chosen !== '' && !options.some((option) => option.value === chosen);
  const open = (what: 'file' | 'folder'): void => {
    // Not fetched by itself: the person shows where it is.
    import('../../_actions/models')
      .then(({ pickMissing }) => pickMissing(what, { id: chosen, kind, use }))
      .catch((error: unknown) => notify.error(toLoomError(error).message));
  };
  return (
    <div className="min-w-0 space-y-1">
      <Choice
        id={id}
        label={label}
        value={chosen}
        options={[...options, { value: openAnother, label: t('open-another') }]}
        disabled={disabled}
        onChange={(next) => {
          if (next === openAnother) view.setState({ dialog: 'models' });
          else use(next);
        }}
      />
      {missing && (
        <div className="nodrag space-y-1 text-[11.5px]">
          <p className="break-all text-warning">{t('not-here', { id: chosen })}</p>
          <div className="flex flex-wrap gap-1">
            <Button small variant="outline" disabled={disabled} onClick={() => open('file')}>
              {t('open-file')}
            </Button>
            <Button small variant="outline" disabled={disabled} onClick={() => open('folder')}>
              {t('open-folder')}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
