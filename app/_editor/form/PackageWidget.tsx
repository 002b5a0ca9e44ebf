'use client';
import { useStore } from 'zustand';
import { useFormat } from '../../_i18n/format';
import { catalogStore } from '../../_state/catalog';
import { Choice } from '../../_ui/Choice';
import type { WidgetDescriptor, WidgetProps } from './widget';

/** An installed model package, with its size. */
export function PackageWidget({ id, label, value, disabled, set, seal }: WidgetProps) {
  const packages = useStore(catalogStore, (state) => state.packages);
  const format = useFormat();
  return (
    <Choice
      id={id}
      label={label}
      value={typeof value === 'string' ? value : ''}
      options={packages.map((found) => ({
        value: found.id,
        label: `${found.title} · ${format.bytes(found.bytes)}`,
      }))}
      disabled={disabled}
      onChange={(next) => {
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
