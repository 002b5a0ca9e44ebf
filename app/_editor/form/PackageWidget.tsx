'use client';
import { useStore } from 'zustand';
import { useFormat } from '../../_i18n/format';
import { catalogStore } from '../../_state/catalog';
import { ModelChoice } from './ModelChoice';
import type { WidgetDescriptor, WidgetProps } from './widget';

/** A model package that is here, with its size. */
export function PackageWidget(widget: WidgetProps) {
  const packages = useStore(catalogStore, (state) => state.packages);
  const format = useFormat();
  const options = packages.map(({ id, title, bytes }) => ({
    value: id,
    label: `${title} · ${format.bytes(bytes)}`,
  }));
  return <ModelChoice widget={widget} kind="packages" options={options} />;
}

export const packageWidget: WidgetDescriptor<'package'> = {
  name: 'package',
  component: PackageWidget,
  layout: 'row',
};
