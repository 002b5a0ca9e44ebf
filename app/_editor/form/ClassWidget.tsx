'use client';
import { useStore } from 'zustand';
import { useTranslations } from 'use-intl';
import { catalogStore, packageFeeding } from '../../_state/catalog';
import { useWorkspace } from '../../_state/workspace';
import { Choice } from '../../_ui/Choice';
import type { WidgetDescriptor, WidgetProps } from './widget';

/** A class of the package whose conditioner feeds the node; empty is the learned null class. */
export function ClassWidget({ id, node, label, value, disabled, set, seal }: WidgetProps) {
  const t = useTranslations('class');
  const feeding = useWorkspace(({ inference }) => packageFeeding(inference, node));
  const packages = useStore(catalogStore, (state) => state.packages);
  const classes = packages.find((found) => found.id === feeding)?.classes ?? [];
  return (
    <Choice
      id={id}
      label={label}
      value={typeof value === 'string' ? value : ''}
      options={[{ value: '', label: t('none') }, ...classes.map((name) => ({ value: name, label: name }))]}
      disabled={disabled}
      onChange={(next) => {
        set(next);
        seal();
      }}
    />
  );
}

export const classWidget: WidgetDescriptor<'class'> = {
  name: 'class',
  component: ClassWidget,
  layout: 'row',
};
