'use client';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { useFormat } from '../../_i18n/format';
import { catalogStore } from '../../_state/catalog';
import { view } from '../../_state/view';
import { Choice } from '../../_ui/Choice';
import type { WidgetDescriptor, WidgetProps } from './widget';

/** No package: opens the dialog that adds one. Package ids are never empty. */
const openAnother = '';

/** An installed model package, with its size. */
export function PackageWidget({ id, label, value, disabled, set, seal }: WidgetProps) {
  const packages = useStore(catalogStore, (state) => state.packages);
  const format = useFormat();
  const t = useTranslations('models');
  return (
    <Choice
      id={id}
      label={label}
      value={typeof value === 'string' ? value : ''}
      options={[
        ...packages.map((found) => ({
          value: found.id,
          label: `${found.title} · ${format.bytes(found.bytes)}`,
        })),
        { value: openAnother, label: t('open-another') },
      ]}
      disabled={disabled}
      onChange={(next) => {
        if (next === openAnother) {
          view.setState({ dialog: 'models' });
          return;
        }
        set(next);
        seal();
      }}
    />
  );
}

export const packageWidget: WidgetDescriptor<'package'> = {
  name: 'package',
  component: PackageWidget,
  layout: 'row',
};
